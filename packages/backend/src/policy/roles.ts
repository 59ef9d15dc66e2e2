import {
  AuthorizeResult,
  isPermission,
  Permission,
  PolicyDecision,
} from '@backstage/plugin-permission-common';
import {
  deploymentsApprovePermission,
  deploymentsCancelPermission,
  deploymentsDeployPermission,
  deploymentsHoldPermission,
  deploymentsPromotePermission,
  deploymentsReadPermission,
  deploymentsReleasePermission,
  deploymentsRollbackPermission,
} from '@slipway/plugin-deployments-common';
import {
  createDeploymentsConditionalDecision,
  deploymentsConditions,
} from '@slipway/plugin-deployments-backend';

/** What the members of a group may do. */
export type Role = {
  /** Entity reference of the group; undefined for everyone who is signed in. */
  group: string | undefined;
  /** The role's answer; undefined where it has none. `claims` are the person's own reference and those of their groups. */
  decide(permission: Permission, claims: string[]): PolicyDecision | undefined;
};

const ALLOW: PolicyDecision = { result: AuthorizeResult.ALLOW };

/** Everyone sees the catalog. */
const everyone: Role = {
  group: undefined,
  decide: ({ name, attributes }) =>
    name.startsWith('catalog.') && attributes.action === 'read'
      ? ALLOW
      : undefined,
};

/** See what runs where, and how it got there. */
const viewer: Role = {
  group: 'group:default/viewers',
  decide: permission =>
    isPermission(permission, deploymentsReadPermission) ? ALLOW : undefined,
};

/** Deploy, promote, roll back, hold and release what their teams own, and use templates. */
const developer: Role = {
  group: 'group:default/developers',
  decide: (permission, claims) => {
    if (
      isPermission(permission, deploymentsDeployPermission) ||
      isPermission(permission, deploymentsPromotePermission) ||
      isPermission(permission, deploymentsRollbackPermission) ||
      isPermission(permission, deploymentsHoldPermission) ||
      isPermission(permission, deploymentsReleasePermission)
    ) {
      return createDeploymentsConditionalDecision(
        permission,
        deploymentsConditions.isOwner({ claims }),
      );
    }
    return permission.name.startsWith('scaffolder.') ||
      isPermission(permission, deploymentsReadPermission)
      ? ALLOW
      : undefined;
  },
};

/** Say yes or no to what others ask for, and stop it. */
const reviewer: Role = {
  group: 'group:default/release-reviewers',
  decide: permission =>
    isPermission(permission, deploymentsReadPermission) ||
    isPermission(permission, deploymentsApprovePermission) ||
    isPermission(permission, deploymentsCancelPermission)
      ? ALLOW
      : undefined,
};

const platformAdministrator: Role = {
  group: 'group:default/platform-admins',
  decide: () => ALLOW,
};

/** All roles of the portal; whoever has several gets the widest answer. */
export const roles: readonly Role[] = [
  everyone,
  viewer,
  developer,
  reviewer,
  platformAdministrator,
];
