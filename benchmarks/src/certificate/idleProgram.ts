import { setTimeout as delay } from 'node:timers/promises';
import {
  createStores,
  PgBossRunEngine,
} from '@slipway/plugin-deployments-backend/testUtils';
import knexFactory from 'knex';
import { StderrLogger } from '../lib/StderrLogger';

/** How long it does nothing before it is measured, milliseconds. */
const IDLE_MS = 10_000;

/** A process with everything that a replica has, with an engine or without one. It tells its memory and ends. */
async function main(url: string): Promise<void> {
  const knex = knexFactory({ client: 'pg', connection: url });
  await createStores(knex).runs.listWaiting();
  if (process.env.IDLE_HAS === 'an engine') {
    const engine = await PgBossRunEngine.create({
      knex,
      logger: new StderrLogger(),
      schema: 'deployments_engine',
      migrate: true,
    });
    await engine.start(async () => 'done');
  }
  await delay(IDLE_MS);
  global.gc?.();
  process.send?.({ bytes: process.memoryUsage.rss() }, () => process.exit(0));
}

if (process.env.IDLE_DATABASE) {
  main(process.env.IDLE_DATABASE).catch(error => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  });
}
