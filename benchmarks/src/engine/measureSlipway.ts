import { setTimeout as delay } from 'node:timers/promises';
import {
  environmentNameSchema,
  Plan,
  serviceRefSchema,
} from '@slipway/plugin-deployments-common';
import {
  ChangeFeed,
  createStores,
  migrateDatabase,
  PgBossRunEngine,
  RunController,
  Stores,
} from '@slipway/plugin-deployments-backend/testUtils';
import knexFactory from 'knex';
import { createSamplePlan, createSampleRelease } from '../lib/sampleRuns';
import { StderrLogger } from '../lib/StderrLogger';
import { NoOpTarget } from './NoOpTarget';
import { Measured, REST_MS, toMs, toStepsPerSecond } from './measured';
import { Workers } from './Workers';

const ANA = 'user:default/ana';

/** Runs of ours, each in an environment of its own, so that none waits for another. */
export async function measureSlipway(options: {
  url: string;
  log: number;
  runs: number;
  samples: number;
}): Promise<Measured> {
  const { url, log, runs, samples } = options;
  const knex = knexFactory({ client: 'pg', connection: url });
  await migrateDatabase(knex);
  const logger = new StderrLogger();
  const engine = await PgBossRunEngine.create({
    knex,
    logger,
    schema: 'deployments_engine',
    migrate: true,
  });
  const changes = new ChangeFeed({ logger });
  const controller = new RunController({ knex, engine, changes });
  const stores = createStores(knex);
  const start = (plan: Plan) => controller.start({ plan, requestedBy: ANA });
  for (let number = 1; number <= runs; number++) {
    await start(await createPlan(stores, number));
  }
  const workers = await Workers.start({ program: 'slipwayWorker', url, log });
  const began = performance.now();
  await workers.go();
  await workers.untilFinished(runs);
  const stepsPerSecond = toStepsPerSecond(runs, performance.now() - began);
  const startMs: number[] = [];
  for (let sample = 1; sample <= samples; sample++) {
    const plan = await createPlan(stores, runs + sample);
    await delay(REST_MS);
    const asked = process.hrtime.bigint();
    const runId = await start(plan);
    startMs.push(toMs((await workers.untilBegan(runId)) - asked));
    await workers.untilFinished(runs + sample);
  }
  await workers.stop();
  await engine.stop({ graceMs: 0 });
  await knex.destroy();
  return { stepsPerSecond, startMs };
}

async function createPlan(stores: Stores, number: number): Promise<Plan> {
  const serviceRef = serviceRefSchema.parse(`component:default/s-${number}`);
  const release = await createSampleRelease(stores, {
    serviceRef,
    version: '1.0.0',
  });
  return createSamplePlan({
    serviceRef,
    environment: environmentNameSchema.parse('production'),
    release,
    steps: new NoOpTarget().steps(),
  });
}
