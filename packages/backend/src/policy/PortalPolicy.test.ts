import {
  catalogEntityReadPermission,
  catalogEntityDeletePermission,
} from '@backstage/plugin-catalog-common/alpha';
import {
  AuthorizeResult,
  Permission,
} from '@backstage/plugin-permission-common';
import {
  deploymentsApprovePermission,
  deploymentsCancelPermission,
  deploymentsReleasePermission,
  deploymentsDeployPermission,
  deploymentsPromotePermission,
  deploymentsReadPermission,
  deploymentsRollbackPermission,
} from '@slipway/plugin-deployments-common';
import { PortalPolicy } from './PortalPolicy';

const people = {
  developer: [
    'user:default/ana',
    'group:default/shop-team',
    'group:default/developers',
  ],
  reviewer: ['user:default/raj', 'group:default/release-reviewers'],
  administrator: ['user:default/mika', 'group:default/platform-admins'],
  viewer: ['user:default/noor', 'group:default/viewers'],
  guest: ['user:default/guest'],
};

async function decide(person: keyof typeof people, permission: Permission) {
  const [userEntityRef] = people[person];
  return new PortalPolicy().handle(
    { permission },
    {
      credentials: {
        $$type: '@backstage/BackstageCredentials',
        principal: { type: 'user', userEntityRef },
      },
      info: { userEntityRef, ownershipEntityRefs: people[person] },
    },
  );
}

const { ALLOW, DENY, CONDITIONAL } = AuthorizeResult;

describe('PortalPolicy', () => {
  it.each([
    ['developer', ALLOW, CONDITIONAL, CONDITIONAL, CONDITIONAL, DENY, DENY],
    ['reviewer', ALLOW, DENY, DENY, DENY, ALLOW, ALLOW],
    ['administrator', ALLOW, ALLOW, ALLOW, ALLOW, ALLOW, ALLOW],
    ['viewer', ALLOW, DENY, DENY, DENY, DENY, DENY],
    ['guest', DENY, DENY, DENY, DENY, DENY, DENY],
  ] as const)(
    'lets a %s read: %s, deploy: %s, promote: %s, roll back: %s, approve: %s, cancel: %s (P6)',
    async (person, ...expected) => {
      const decisions = await Promise.all(
        [
          deploymentsReadPermission,
          deploymentsDeployPermission,
          deploymentsPromotePermission,
          deploymentsRollbackPermission,
          deploymentsApprovePermission,
          deploymentsCancelPermission,
        ].map(permission => decide(person, permission)),
      );

      expect(decisions.map(({ result }) => result)).toEqual(expected);
    },
  );

  it.each([deploymentsPromotePermission, deploymentsReleasePermission])(
    'lets a developer change only what their teams own: $name',
    async permission => {
      expect(await decide('developer', permission)).toEqual(
        expect.objectContaining({
          result: CONDITIONAL,
          pluginId: 'deployments',
          conditions: expect.objectContaining({
            rule: 'IS_OWNER',
            params: { claims: people.developer },
          }),
        }),
      );
    },
  );

  it('shows everyone the catalog, and lets administrators alone take things out of it', async () => {
    expect((await decide('guest', catalogEntityReadPermission)).result).toBe(
      ALLOW,
    );
    expect(
      (await decide('developer', catalogEntityDeletePermission)).result,
    ).toBe(DENY);
    expect(
      (await decide('administrator', catalogEntityDeletePermission)).result,
    ).toBe(ALLOW);
  });

  it('says no to whoever is not signed in', async () => {
    const decision = await new PortalPolicy().handle({
      permission: deploymentsReadPermission,
    });

    expect(decision.result).toBe(DENY);
  });
});
