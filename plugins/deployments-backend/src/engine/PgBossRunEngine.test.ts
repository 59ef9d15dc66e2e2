import { mockServices } from '@backstage/backend-test-utils';
import { createTestDatabases } from '../__testUtils__/createTestDatabases';
import { migrateDatabase } from '../stores';
import { PgBossRunEngine } from './PgBossRunEngine';
import {
  describeRunEngine,
  EngineHarness,
} from '../__testUtils__/describeRunEngine';

jest.setTimeout(60_000);

const databases = createTestDatabases();

const started = new Set<PgBossRunEngine>();

afterEach(async () => {
  await Promise.all([...started].map(engine => engine.stop({ graceMs: 0 })));
  started.clear();
});

describe.each(databases.eachSupportedId().filter(([id]) => id !== 'SQLITE_3'))(
  'PgBossRunEngine on %s',
  databaseId => {
    async function prepare(): Promise<EngineHarness> {
      const knex = await databases.init(databaseId);
      await migrateDatabase(knex);
      const logger = mockServices.logger.mock({ child: () => logger });
      return {
        knex,
        logger,
        async createEngine(options) {
          const engine = await PgBossRunEngine.create({
            knex,
            logger,
            schema: 'deployments_engine',
            migrate: true,
            abortWaitMs: 100,
            ...options,
          });
          started.add(engine);
          return engine;
        },
      };
    }

    describeRunEngine('as an engine', prepare);
  },
);
