import { mockServices } from '@backstage/backend-test-utils';
import { RELATION_OWNED_BY } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { createConditionAuthorizer } from '@backstage/plugin-permission-node';
import {
  deploymentsPromotePermission,
  environmentNameSchema,
  serviceRefSchema,
} from '@slipway/plugin-deployments-common';
import { formatEnvironmentRef, parseEnvironmentRef } from './environmentRef';
import { loadEnvironmentResources } from './loadEnvironmentResources';
import {
  createDeploymentsConditionalDecision,
  deploymentsConditions,
  deploymentsRules,
  EnvironmentResource,
} from './rules';

const SHOP = serviceRefSchema.parse('component:default/shop');
const PRODUCTION = environmentNameSchema.parse('production');

const RESOURCE: EnvironmentResource = {
  serviceRef: SHOP,
  environment: PRODUCTION,
  owners: ['group:default/shop-team'],
};

const isAllowed = createConditionAuthorizer(Object.values(deploymentsRules));

describe('permission rules (P6)', () => {
  it.each([
    [['group:default/shop-team', 'user:default/ana'], true],
    [['group:default/other-team'], false],
    [[], false],
  ])(
    'IS_OWNER given the claims %j, then the answer is %s',
    (claims, answer) => {
      const decision = createDeploymentsConditionalDecision(
        deploymentsPromotePermission,
        deploymentsConditions.isOwner({ claims }),
      );

      expect(isAllowed(decision, RESOURCE)).toBe(answer);
    },
  );

  it.each([
    [['production', 'staging'], true],
    [['staging'], false],
  ])('IN_ENVIRONMENT given %j, then the answer is %s', (names, answer) => {
    const decision = createDeploymentsConditionalDecision(
      deploymentsPromotePermission,
      deploymentsConditions.inEnvironment({ names }),
    );

    expect(isAllowed(decision, RESOURCE)).toBe(answer);
  });

  it('given rules together and an environment that is not there, then the answer is no', () => {
    const decision = createDeploymentsConditionalDecision(
      deploymentsPromotePermission,
      {
        allOf: [
          deploymentsConditions.isOwner({ claims: [...RESOURCE.owners] }),
          { not: deploymentsConditions.inEnvironment({ names: ['staging'] }) },
        ],
      },
    );

    expect(isAllowed(decision, RESOURCE)).toBe(true);
    expect(isAllowed(decision, undefined)).toBe(false);
  });
});

describe('environment references', () => {
  it('given a reference, then it comes back as it was', () => {
    const text = formatEnvironmentRef(RESOURCE);

    expect(text).toBe('component:default/shop#production');
    expect(parseEnvironmentRef(text)).toEqual({
      serviceRef: SHOP,
      environment: PRODUCTION,
    });
  });

  it.each([
    '',
    'component:default/shop',
    'component:default/shop#',
    'component:default/shop#a#b',
    'component:default/shop#Production',
    '#production',
    'shop#production',
  ])('given %j, then it is no reference', text => {
    expect(parseEnvironmentRef(text)).toBeUndefined();
  });
});

describe('loadEnvironmentResources', () => {
  it('given references, then owners come from the catalog, in the order asked', async () => {
    const entity = (name: string, owner?: string) => ({
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Component',
      metadata: { name, namespace: 'default' },
      ...(owner && {
        relations: [{ type: RELATION_OWNED_BY, targetRef: owner }],
      }),
    });
    const resources = await loadEnvironmentResources({
      resourceRefs: [
        'component:default/orphan#staging',
        'component:default/nowhere#staging',
        'component:default/shop#production',
        'nonsense',
        'component:default/shop#staging',
      ],
      catalog: catalogServiceMock({
        entities: [entity('shop', 'group:default/shop-team'), entity('orphan')],
      }),
      auth: mockServices.auth(),
    });

    expect(resources).toEqual([
      expect.objectContaining({ environment: 'staging', owners: [] }),
      undefined,
      RESOURCE,
      undefined,
      expect.objectContaining({
        serviceRef: SHOP,
        environment: 'staging',
        owners: ['group:default/shop-team'],
      }),
    ]);
  });
});
