import { createPermission } from '@backstage/plugin-permission-common';

/**
 * The resource that every permission of this plugin is about: one environment of one service. Its
 * reference is that of the service, `#` and the environment's name: `component:default/shop#production`.
 */
export const RESOURCE_TYPE_DEPLOYMENTS_ENVIRONMENT = 'deployments-environment';

const resourceType = RESOURCE_TYPE_DEPLOYMENTS_ENVIRONMENT;

/** See what runs in an environment, its plans, runs, logs and history. */
export const deploymentsReadPermission = createPermission({
  name: 'deployments.read',
  attributes: { action: 'read' },
  resourceType,
});

/** Deploy a commit. */
export const deploymentsDeployPermission = createPermission({
  name: 'deployments.deploy',
  attributes: { action: 'update' },
  resourceType,
});

/** Promote the release of another environment into this one. */
export const deploymentsPromotePermission = createPermission({
  name: 'deployments.promote',
  attributes: { action: 'update' },
  resourceType,
});

/** Return to an earlier release. */
export const deploymentsRollbackPermission = createPermission({
  name: 'deployments.rollback',
  attributes: { action: 'update' },
  resourceType,
});

/** Approve or reject what others asked for. */
export const deploymentsApprovePermission = createPermission({
  name: 'deployments.approve',
  attributes: { action: 'update' },
  resourceType,
});

/** Cancel a run that somebody else asked for; one's own may always be cancelled. */
export const deploymentsCancelPermission = createPermission({
  name: 'deployments.cancel',
  attributes: { action: 'update' },
  resourceType,
});

/** Hold an environment: automatic runs wait until the hold is released. */
export const deploymentsHoldPermission = createPermission({
  name: 'deployments.environment.hold',
  attributes: { action: 'update' },
  resourceType,
});

/** Release an environment: from a hold, or from a run that is stuck in it. */
export const deploymentsReleasePermission = createPermission({
  name: 'deployments.environment.release',
  attributes: { action: 'update' },
  resourceType,
});

/** Let a run into a frozen environment. */
export const deploymentsFreezeOverridePermission = createPermission({
  name: 'deployments.freeze.override',
  attributes: { action: 'update' },
  resourceType,
});

/** Let a run go on without a required check. */
export const deploymentsCheckOverridePermission = createPermission({
  name: 'deployments.check.override',
  attributes: { action: 'update' },
  resourceType,
});

/** All permissions of the plugin. */
export const deploymentsPermissions = [
  deploymentsReadPermission,
  deploymentsDeployPermission,
  deploymentsPromotePermission,
  deploymentsRollbackPermission,
  deploymentsApprovePermission,
  deploymentsCancelPermission,
  deploymentsFreezeOverridePermission,
  deploymentsCheckOverridePermission,
  deploymentsHoldPermission,
  deploymentsReleasePermission,
];
