import { createBackend } from '@backstage/backend-defaults';
import {
  coreServices,
  createBackendModule,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { ConfigReader } from '@backstage/config';
import authPlugin from '@backstage/plugin-auth-backend';
import {
  authProvidersExtensionPoint,
  createProxyAuthenticator,
  createProxyAuthProviderFactory,
} from '@backstage/plugin-auth-node';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import permissionPlugin from '@backstage/plugin-permission-backend';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { policyExtensionPoint } from '@backstage/plugin-permission-node/alpha';
import scaffolderPlugin from '@backstage/plugin-scaffolder-backend';
import { JsonObject } from '@backstage/types';
import { z } from 'zod';
import { findFreePort } from '../lib/findFreePort';
import { STEPS } from './protocol';

const ANA = 'user:default/ana';

const signedInSchema = z.object({
  backstageIdentity: z.object({ token: z.string() }),
});

/** A template whose tasks say something ten times. */
const TEMPLATE: Entity = {
  apiVersion: 'scaffolder.backstage.io/v1beta3',
  kind: 'Template',
  metadata: { name: 'bench', namespace: 'default' },
  spec: {
    type: 'service',
    owner: 'group:default/bench',
    parameters: [],
    steps: Array.from({ length: STEPS }, (_, index) => ({
      id: `step-${index + 1}`,
      name: `Step ${index + 1}`,
      action: 'debug:log',
      input: { message: 'Hello' },
    })),
  },
};

/** Signs in whoever asks. */
const signIn = createBackendModule({
  pluginId: 'auth',
  moduleId: 'bench',
  register(env) {
    env.registerInit({
      deps: { providers: authProvidersExtensionPoint },
      async init({ providers }) {
        providers.registerProvider({
          providerId: 'bench',
          factory: createProxyAuthProviderFactory({
            authenticator: createProxyAuthenticator({
              defaultProfileTransform: async () => ({ profile: {} }),
              initialize: () => undefined,
              authenticate: async () => ({ result: null }),
            }),
            signInResolver: (_, context) =>
              context.issueToken({ claims: { sub: ANA, ent: [ANA] } }),
          }),
        });
      },
    });
  },
});

/** Lets everyone do everything. */
const allowAll = createBackendModule({
  pluginId: 'permission',
  moduleId: 'bench',
  register(env) {
    env.registerInit({
      deps: { policy: policyExtensionPoint },
      async init({ policy }) {
        policy.setPolicy({
          handle: async () => ({ result: AuthorizeResult.ALLOW }),
        });
      },
    });
  },
});

/** A portal with the scaffolder. */
export type ScaffolderPortal = {
  /** Asks for a task as a person does. */
  createTask(): Promise<void>;
  stop(): Promise<void>;
};

/**
 * A replica of a portal with the scaffolder and the services that Backstage's backends have by default; only the catalog is
 * a stand-in, in its own process. Without workers it only takes tasks in.
 */
export async function startScaffolder(options: {
  url: string;
  hasWorkers: boolean;
}): Promise<ScaffolderPortal> {
  const port = await findFreePort();
  const baseUrl = `http://localhost:${port}`;
  const config: JsonObject = {
    app: { baseUrl },
    backend: {
      baseUrl,
      listen: { host: 'localhost', port },
      database: {
        client: 'pg',
        connection: options.url,
        pluginDivisionMode: 'schema',
      },
    },
    auth: { environment: 'development', providers: { bench: {} } },
    permission: { enabled: true },
    ...(!options.hasWorkers && { scaffolder: { concurrentTasksLimit: 0 } }),
  };
  const backend = createBackend();
  const features = [
    scaffolderPlugin,
    authPlugin,
    signIn,
    permissionPlugin,
    allowAll,
    catalogServiceMock.factory({ entities: [TEMPLATE] }),
    createServiceFactory({
      service: coreServices.rootConfig,
      deps: {},
      factory: () => new ConfigReader(config),
    }),
  ];
  features.forEach(feature => backend.add(feature));
  await backend.start();
  const { backstageIdentity } = signedInSchema.parse(
    await (await request(`${baseUrl}/api/auth/bench/refresh`)).json(),
  );
  return {
    async createTask() {
      await request(`${baseUrl}/api/scaffolder/v2/tasks`, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          Authorization: `Bearer ${backstageIdentity.token}`,
        },
        body: JSON.stringify({
          templateRef: stringifyEntityRef(TEMPLATE),
          values: {},
        }),
      });
    },
    stop: () => backend.stop(),
  };
}

/** @throws Error with the answer where that is not a good one. */
async function request(url: string, init?: RequestInit): Promise<Response> {
  const answer = await fetch(url, init);
  if (!answer.ok) {
    throw new Error(`${url} says ${answer.status}: ${await answer.text()}`);
  }
  return answer;
}
