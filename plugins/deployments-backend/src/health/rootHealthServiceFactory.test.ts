import {
  coreServices,
  createBackendPlugin,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import {
  ReadinessChecks,
  readinessServiceRef,
} from '@slipway/plugin-deployments-node';
import createKnex from 'knex';
import { createDatabaseCheck } from './createDatabaseCheck';
import { deploymentsRootHealthServiceFactory } from './rootHealthServiceFactory';

const SQLITE = { client: 'better-sqlite3', useNullAsDefault: true };

describe('readiness of the portal', () => {
  /** A portal with a plugin that says what it depends on, and its health as a probe sees it. */
  async function start(readiness = new ReadinessChecks()) {
    const health = { readiness: async () => 0, message: async () => '' };
    const backend = await startTestBackend({
      features: [
        deploymentsRootHealthServiceFactory,
        createServiceFactory({
          service: readinessServiceRef,
          deps: {},
          factory: () => readiness,
        }),
        mockServices.rootConfig.factory(),
        createBackendPlugin({
          pluginId: 'probe',
          register(env) {
            env.registerInit({
              deps: { rootHealth: coreServices.rootHealth },
              async init({ rootHealth }) {
                const early = await rootHealth.getReadiness();
                expect(early.status).toBe(503);
                health.readiness = async () =>
                  (await rootHealth.getReadiness()).status;
                health.message = async () =>
                  JSON.stringify((await rootHealth.getReadiness()).payload);
              },
            });
          },
        }),
      ],
    });
    return { stop: () => backend.stop(), readiness, health };
  }

  it('given a database that answers, then the portal is ready; when the database is away, then it is not, and says what is wanting', async () => {
    const { stop, readiness, health } = await start();
    const knex = createKnex({ ...SQLITE, connection: ':memory:' });
    readiness.addCheck(createDatabaseCheck(knex));

    await expect(health.readiness()).resolves.toBe(200);
    await knex.destroy();
    await expect(health.readiness()).resolves.toBe(503);
    await expect(health.message()).resolves.toBe(
      '{"status":"error","message":"Cannot reach the database of deployments"}',
    );
    await stop();
  });

  it('given a check that never answers, then the portal is not ready, and the probe gets its answer all the same', async () => {
    const { stop, readiness, health } = await start(
      new ReadinessChecks({ timeoutMs: 10 }),
    );
    readiness.addCheck({
      name: 'the moon',
      check: () => new Promise(() => {}),
    });

    await expect(health.readiness()).resolves.toBe(503);
    await stop();
  });

  it('given a portal that stops, then it is not ready', async () => {
    const { stop, health } = await start();
    await stop();

    await expect(health.readiness()).resolves.toBe(503);
  });
});
