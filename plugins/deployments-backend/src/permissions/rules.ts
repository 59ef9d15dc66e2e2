import {
  createConditionExports,
  createPermissionResourceRef,
  createPermissionRule,
} from '@backstage/plugin-permission-node';
import { RESOURCE_TYPE_DEPLOYMENTS_ENVIRONMENT } from '@slipway/plugin-deployments-common';
import { z } from 'zod';
import { EnvironmentRef } from './environmentRef';

/** What the rules look at. */
export type EnvironmentResource = EnvironmentRef & {
  /** Full entity references of the service's owners. */
  owners: readonly string[];
};

export const deploymentsEnvironmentResourceRef = createPermissionResourceRef<
  EnvironmentResource,
  never
>().with({
  pluginId: 'deployments',
  resourceType: RESOURCE_TYPE_DEPLOYMENTS_ENVIRONMENT,
});

/** The rules are applied to resources one by one, and never turned into a database query. */
function toQuery(): never {
  throw new Error('environments are not queried by permission');
}

const isOwner = createPermissionRule({
  name: 'IS_OWNER',
  description: 'Allow environments of services that one of the claims owns',
  resourceRef: deploymentsEnvironmentResourceRef,
  paramsSchema: z.object({
    claims: z
      .array(z.string())
      .describe('Entity references, as of the user’s ownership claims'),
  }),
  apply: ({ owners }, { claims }) =>
    owners.some(owner => claims.includes(owner)),
  toQuery,
});

const inEnvironment = createPermissionRule({
  name: 'IN_ENVIRONMENT',
  description: 'Allow environments of these names',
  resourceRef: deploymentsEnvironmentResourceRef,
  paramsSchema: z.object({
    names: z.array(z.string()).describe('Names of environments'),
  }),
  apply: ({ environment }, { names }) => names.includes(environment),
  toQuery,
});

/** The rules that policies can name. */
export const deploymentsRules = { isOwner, inEnvironment };

const { conditions, createConditionalDecision } = createConditionExports({
  resourceRef: deploymentsEnvironmentResourceRef,
  rules: deploymentsRules,
});

/** Conditions of these rules, for a permission policy. */
export const deploymentsConditions = conditions;

/** Makes a policy’s decision of conditions. */
export const createDeploymentsConditionalDecision = createConditionalDecision;
