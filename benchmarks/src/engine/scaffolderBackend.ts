import { databaseServiceFactory } from '@backstage/backend-defaults/database';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
  TestBackend,
} from '@backstage/backend-test-utils';
import { Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import scaffolderPlugin from '@backstage/plugin-scaffolder-backend';
import { STEPS } from './protocol';

/** A template whose tasks say something ten times. */
export const TEMPLATE: Entity = {
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

/** A Backstage backend with the scaffolder as it comes; without workers it only takes tasks in. */
export function startScaffolder(options: {
  url: string;
  hasWorkers: boolean;
}): Promise<TestBackend> {
  return startTestBackend({
    features: [
      scaffolderPlugin,
      databaseServiceFactory,
      catalogServiceMock.factory({ entities: [TEMPLATE] }),
      mockServices.rootLogger.factory({ level: 'none' }),
      mockServices.rootConfig.factory({
        data: {
          backend: {
            database: {
              client: 'pg',
              connection: options.url,
              pluginDivisionMode: 'schema',
            },
          },
          ...(!options.hasWorkers && {
            scaffolder: { concurrentTasksLimit: 0 },
          }),
        },
      }),
    ],
  });
}

/** Asks a scaffolder for a task. */
export async function createTask(port: number): Promise<void> {
  const answer = await fetch(
    `http://localhost:${port}/api/scaffolder/v2/tasks`,
    {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Authorization: mockCredentials.user.header(),
      },
      body: JSON.stringify({
        templateRef: stringifyEntityRef(TEMPLATE),
        values: {},
      }),
    },
  );
  if (!answer.ok) {
    throw new Error(
      `The scaffolder says ${answer.status}: ${await answer.text()}`,
    );
  }
}
