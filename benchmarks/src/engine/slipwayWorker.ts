import { WinstonLogger } from '@backstage/backend-defaults/rootLogger';
import {
  advanceRun,
  ChangeFeed,
  Observer,
  PgBossRunEngine,
  createStores,
} from '@slipway/plugin-deployments-backend/testUtils';
import knexFactory from 'knex';
import { createSampleDependencies } from '../lib/sampleRuns';
import { NoOpTarget } from './NoOpTarget';
import { clock, CONCURRENCY, say, toldSchema } from './protocol';

/** A worker of ours: the engine that replicas run, and all that they record, with steps that do nothing. */
async function main(url: string): Promise<void> {
  // As portals log: all that is said of a run, as JSON.
  const logger = WinstonLogger.create({}).child({ plugin: 'deployments' });
  const knex = knexFactory({
    client: 'pg',
    connection: url,
    pool: { min: 0, max: 10 },
  });
  const engine = await PgBossRunEngine.create({
    knex,
    logger,
    schema: 'deployments_engine',
    migrate: true,
    concurrency: CONCURRENCY,
  });
  const changes = new ChangeFeed({ logger });
  const stores = createStores(knex);
  const target = new NoOpTarget();
  const dependencies = createSampleDependencies(() => target);
  const observer = new Observer({
    states: stores.observedStates,
    dependencies,
    changes,
    logger,
  });
  const context = {
    knex,
    engine,
    dependencies,
    gates: { look: async () => [] },
    observer,
    changes,
    logger,
  };
  process.on('message', async message => {
    switch (toldSchema.safeParse(message).data?.what) {
      case 'go':
        await engine.start(async claim => {
          say({ what: 'began', key: claim.runId, at: clock() });
          const result = await advanceRun(context, claim);
          if (result === 'done') {
            say({ what: 'finished' });
          }
          return result;
        });
        say({ what: 'ready' });
        return;
      case 'stop':
        await engine.stop({ graceMs: 1_000 });
        process.exit(0);
        return;
      default:
    }
  });
  say({ what: 'ready' });
}

if (process.env.BENCH_DATABASE) {
  main(process.env.BENCH_DATABASE).catch(error => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  });
}
