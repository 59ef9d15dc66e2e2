import {
  createBackendModule,
  createServiceFactory,
  coreServices,
} from '@backstage/backend-plugin-api';
import { actionsRegistryServiceRef } from '@backstage/backend-plugin-api/alpha';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { actionsRegistryServiceMock } from '@backstage/backend-test-utils/alpha';
import { Entity, RELATION_OWNED_BY } from '@backstage/catalog-model';
import { NotFoundError } from '@backstage/errors';
import { notificationService } from '@backstage/plugin-notifications-node';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import { JsonObject } from '@backstage/types';
import {
  DeploymentsClient,
  MANIFEST_ANNOTATION,
  ServiceRef,
  serviceRefSchema,
} from '@slipway/plugin-deployments-common';
import { deploymentTargetsExtensionPoint } from '@slipway/plugin-deployments-node';
import { Knex } from 'knex';
import { deploymentsPlugin } from '../plugin';
import { InMemoryTarget } from './InMemoryTarget';

export const TEAM = 'group:default/shop-team';
export const REVIEWERS = 'group:default/reviewers';

const GROUPS: Record<string, string[]> = {
  'user:default/ana': [TEAM],
  'user:default/raj': [REVIEWERS],
};

/** Says whether a person has a permission on an environment. */
export type Policy = (request: {
  user: string;
  permission: string;
  environment: string;
}) => boolean;

/** A component with a manifest, whose source is a git repository. */
export function createComponent(name: string): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      name,
      namespace: 'default',
      annotations: {
        [MANIFEST_ANNOTATION]: manifestUrlOf(name),
      },
    },
    spec: { type: 'service' },
    relations: [{ type: RELATION_OWNED_BY, targetRef: TEAM }],
  };
}

export function serviceRefOf(name: string): ServiceRef {
  return serviceRefSchema.parse(`component:default/${name}`);
}

/** Where the manifest of a component lies. */
export function manifestUrlOf(name: string): string {
  return `http://forge.test/${name}/deploy.yaml`;
}

/** A manifest with staging and production of the in-memory kind. */
export function createManifest(options: {
  repository: string;
  protection?: JsonObject;
}): string {
  return JSON.stringify({
    apiVersion: 'slipway.dev/v1',
    repository: options.repository,
    environments: ['staging', 'production'].map((name, i) => ({
      name,
      target: {
        kind: 'memory',
        connection: 'host-1',
        parameters: { port: 8080 + i },
      },
      ...(name === 'production' && { protection: options.protection ?? {} }),
    })),
  });
}

/** A backend with the deployments plugin alone, over real HTTP, database and git; around it the platform is mocked. */
export async function startPortal(options: {
  knex: Knex;
  workDirectory: string;
  entities: Entity[];
  /** Texts by URL, or what reading them throws; may be changed while it runs. */
  files: Map<string, string | Error>;
  policy?: Policy;
  deployments?: JsonObject;
}) {
  const { files, policy = () => true } = options;
  const target = new InMemoryTarget();
  const auditor = mockServices.auditor.mock();
  const audited: Array<{
    eventId: string;
    severityLevel?: string;
    meta?: JsonObject;
    outcome: string;
  }> = [];
  auditor.createEvent.mockImplementation(async event => ({
    success: async result => {
      const meta = { ...event.meta, ...result?.meta };
      audited.push({ ...event, meta, outcome: 'succeeded' });
    },
    fail: async ({ error }) => {
      audited.push({ ...event, outcome: error.name });
    },
  }));
  const actions = actionsRegistryServiceMock();
  const notifications = { send: jest.fn(async () => undefined) };
  const signals = { publish: jest.fn(async () => undefined) };
  const backend = await startTestBackend({
    features: [
      deploymentsPlugin,
      createBackendModule({
        pluginId: 'deployments',
        moduleId: 'memory',
        register(env) {
          env.registerInit({
            deps: { targets: deploymentTargetsExtensionPoint },
            async init({ targets }) {
              targets.addTarget(target);
            },
          });
        },
      }),
      catalogServiceMock.factory({ entities: options.entities }),
      mockServices.database.factory({ knex: options.knex }),
      mockServices.rootConfig.factory({
        data: {
          deployments: {
            workDirectory: options.workDirectory,
            source: { protocols: ['file'], allow: ['file:///*'] },
            observation: { interval: { hours: 1 } },
            connections: [{ name: 'host-1', kind: 'memory', allow: [TEAM] }],
            ...options.deployments,
          },
        },
      }),
      createServiceFactory({
        service: actionsRegistryServiceRef,
        deps: {},
        factory: () => actions,
      }),
      createServiceFactory({
        service: coreServices.auditor,
        deps: {},
        factory: () => auditor,
      }),
      createServiceFactory({
        service: notificationService,
        deps: {},
        factory: () => notifications,
      }),
      createServiceFactory({
        service: signalsServiceRef,
        deps: {},
        factory: () => signals,
      }),
      mockServices.urlReader.mock({
        readUrl: async url => {
          const text = files.get(url);
          if (text === undefined) {
            throw new NotFoundError(`could not read ${url}, 404 Not Found`);
          }
          if (text instanceof Error) {
            throw text;
          }
          return { buffer: async () => Buffer.from(text) };
        },
      }).factory,
      mockServices.userInfo.mock({
        getUserInfo: async credentials => {
          const user = readUser(credentials.principal);
          return {
            userEntityRef: user,
            ownershipEntityRefs: [user, ...(GROUPS[user] ?? [])],
          };
        },
      }).factory,
      mockServices.permissions.mock({
        authorize: async (requests, call) =>
          requests.map(request => ({
            result:
              'resourceRef' in request &&
              policy({
                user:
                  call && 'credentials' in call
                    ? readUser(call.credentials.principal)
                    : '',
                permission: request.permission.name,
                environment: String(request.resourceRef).split('#')[1],
              })
                ? AuthorizeResult.ALLOW
                : AuthorizeResult.DENY,
          })),
      }).factory,
    ],
  });
  const baseUrl = `http://localhost:${backend.server.port()}/api/deployments`;
  return {
    baseUrl,
    stop: () => backend.stop(),
    target,
    actions,
    audited,
    notifications,
    signals,
    /** The API as a person uses it, or a program that acts for them. */
    as(user: string, by: { actor?: { subject: string } } = {}) {
      return new DeploymentsClient({
        discoveryApi: { getBaseUrl: async () => baseUrl },
        fetchApi: {
          fetch: (url, init) =>
            fetch(url, {
              ...init,
              headers: {
                ...init?.headers,
                Authorization: `Bearer ${mockCredentials.user.token(user, by)}`,
              },
            }),
        },
      });
    },
  };
}

function readUser(principal: unknown): string {
  return typeof principal === 'object' &&
    principal !== null &&
    'userEntityRef' in principal
    ? String(principal.userEntityRef)
    : 'service';
}
