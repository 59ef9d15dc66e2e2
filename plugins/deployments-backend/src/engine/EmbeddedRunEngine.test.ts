import { mockServices } from '@backstage/backend-test-utils';
import { RunId } from '@slipway/plugin-deployments-common';
import { createTestDatabases } from '../__testUtils__/createTestDatabases';
import { Deferred } from '../testUtils/Deferred';
import { Gate } from '../__testUtils__/Gate';
import { createStores, migrateDatabase } from '../stores';
import { EmbeddedRunEngine } from './EmbeddedRunEngine';
import {
  describeRunEngine,
  EngineHarness,
  wakeNewRun,
} from '../__testUtils__/describeRunEngine';

jest.setTimeout(60_000);

const databases = createTestDatabases();

const started = new Set<EmbeddedRunEngine>();

afterEach(async () => {
  await Promise.all([...started].map(engine => engine.stop({ graceMs: 0 })));
  started.clear();
});

describe.each(databases.eachSupportedId())(
  'EmbeddedRunEngine on %s',
  databaseId => {
    async function prepare(): Promise<EngineHarness> {
      const knex = await databases.init(databaseId);
      await migrateDatabase(knex);
      const logger = mockServices.logger.mock({ child: () => logger });
      return {
        knex,
        logger,
        async createEngine(options) {
          const engine = new EmbeddedRunEngine({
            knex,
            logger,
            pollIntervalMs: 3_600_000,
            abortWaitMs: 100,
            ...options,
          });
          started.add(engine);
          return engine;
        },
      };
    }

    describeRunEngine('as an engine', prepare);

    it('given a database that is away when a run should be given back, then the run is advanced again once it is there', async () => {
      const harness = await prepare();
      const { knex, logger } = harness;
      const engine = await harness.createEngine();
      const stuck = new Gate();
      logger.error.mockImplementation(message => {
        if (message === 'The run could not be given back') {
          stuck.pass();
        }
      });
      const again = new Deferred<RunId>();
      const advanced = new Set<RunId>();
      await engine.start(async ({ runId }) => {
        if (advanced.has(runId)) {
          again.resolve(runId);
        } else if (advanced.size === 0) {
          advanced.add(runId);
          await knex.schema.renameTable('run_wakes', 'run_wakes_away');
          throw new Error('the database is away');
        }
        return 'done';
      });
      const runId = await wakeNewRun(harness, engine);
      await stuck.reached;

      await knex.schema.renameTable('run_wakes_away', 'run_wakes');
      await wakeNewRun(harness, engine);

      expect(await again.promise).toBe(runId);
    });

    it('given a process that is gone, then what it had claimed is claimed by the next, and the old claim writes nothing', async () => {
      const harness = await prepare();
      const { knex } = harness;
      const engine = await harness.createEngine({ concurrency: 1 });
      const old = new Gate();
      const refused = new Deferred<unknown>();
      await engine.start(async claim => {
        await old.pass();
        await claim
          .tx(trx => trx('runs').update({ reason: 'old' }))
          .catch(error => refused.resolve(error));
        return 'parked';
      });
      const runId = await wakeNewRun(harness, engine);
      await old.reached;

      const young = await harness.createEngine();
      const taken = new Gate();
      await young.start(async claim => {
        await claim.tx(trx =>
          trx('runs').where({ id: claim.runId }).update({ reason: 'young' }),
        );
        taken.pass();
        return 'done';
      });
      await taken.reached;
      old.open();

      expect(await refused.promise).toMatchObject({ name: 'ClaimLostError' });
      await expect(createStores(knex).runs.get(runId)).resolves.toMatchObject({
        reason: 'young',
      });
    });
  },
);
