import {
  AuthService,
  BackstageCredentials,
  DiscoveryService,
} from '@backstage/backend-plugin-api';
import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import { InputError, ResponseError } from '@backstage/errors';
import {
  DeploymentsApi,
  DeploymentsClient,
  PlanRequest,
  planRequestSchema,
  RequestOptions,
  ServiceRef,
  serviceRefSchema,
} from '@slipway/plugin-deployments-common';
import { z } from 'zod';

const refusalSchema = z.object({
  error: z.object({ message: z.string() }),
});

/** Who calls: the task's initiator, and the signal that ends with the task. */
export type Caller = {
  getInitiatorCredentials(): Promise<BackstageCredentials>;
  signal?: AbortSignal;
};

/** Calls the deployments backend in the name of whoever started the task. */
export type DeploymentsConnector = <T>(
  caller: Caller,
  call: (api: DeploymentsApi, options: RequestOptions) => Promise<T>,
) => Promise<T>;

export function createDeploymentsConnector(options: {
  auth: AuthService;
  discovery: DiscoveryService;
}): DeploymentsConnector {
  const { auth, discovery } = options;
  const client = new DeploymentsClient({
    discoveryApi: discovery,
    fetchApi: { fetch },
  });
  return async (caller, call) => {
    const { token } = await auth.getPluginRequestToken({
      onBehalfOf: await caller.getInitiatorCredentials(),
      targetPluginId: 'deployments',
    });
    try {
      return await call(client, { token, signal: caller.signal });
    } catch (error) {
      throw explainRefusal(error);
    }
  };
}

/** Reads an entity reference as people write it in a template: `shop`, or `component:default/shop`. */
export function readServiceRef(text: string): ServiceRef {
  try {
    return serviceRefSchema.parse(
      stringifyEntityRef(
        parseEntityRef(text, {
          defaultKind: 'component',
          defaultNamespace: 'default',
        }),
      ),
    );
  } catch {
    throw new InputError(
      `${JSON.stringify(text)} is not a component such as component:default/shop.`,
    );
  }
}

/** @throws InputError where a request does not have what its operation needs. */
export function readPlanRequest(request: unknown): PlanRequest {
  const result = planRequestSchema.safeParse(request);
  if (!result.success) {
    throw new InputError(
      result.error.issues
        .map(({ path, message }) => `${z.core.toDotPath(path)}: ${message}`)
        .join('; '),
    );
  }
  return result.data;
}

/** The backend's own sentence instead of a status code. */
function explainRefusal(error: unknown): unknown {
  const refusal =
    error instanceof ResponseError
      ? refusalSchema.safeParse(error.body).data
      : undefined;
  return refusal ? new Error(refusal.error.message, { cause: error }) : error;
}
