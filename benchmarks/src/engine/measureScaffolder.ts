import { setTimeout as delay } from 'node:timers/promises';
import knexFactory, { Knex } from 'knex';
import { z } from 'zod';
import { toStepsPerSecond } from './measured';
import { PROCESSES, Workers } from './Workers';

/** How often it is looked how many tasks are done, milliseconds. */
const LOOK_MS = 50;

/** Keeps tasks from its workers until all of them are there. */
const HELD = 'held';

/** Steps per second of the scaffolder, in replicas of a portal. */
export async function measureScaffolder(options: {
  url: string;
  log: number;
  tasks: number;
}): Promise<number> {
  const { url, log, tasks } = options;
  const entrance = await Workers.start({
    program: 'scaffolderEntrance',
    url,
    log,
    processes: 1,
    env: { BENCH_TASKS: String(tasks) },
  });
  await entrance.stop();
  const knex = knexFactory({ client: 'pg', connection: url });
  const table = () => knex.withSchema('scaffolder').from('tasks');
  await table().update({ status: HELD });
  const workers = await Workers.start({
    program: 'scaffolderWorker',
    url,
    log,
  });
  await table().where({ status: HELD }).update({ status: 'open' });
  // It looks for tasks only when one is created in its own process: each worker creates one.
  const all = tasks + PROCESSES;
  const began = performance.now();
  await workers.go();
  while ((await countDone(knex)) < all) {
    await delay(LOOK_MS);
  }
  const ms = performance.now() - began;
  await workers.stop();
  await knex.destroy();
  return toStepsPerSecond(all, ms);
}

/** @throws Error where a task failed: what does not work is not fast. */
async function countDone(knex: Knex): Promise<number> {
  const rows = await knex
    .withSchema('scaffolder')
    .from('tasks')
    .select('status')
    .count({ count: '*' })
    .groupBy('status');
  const counts = z
    .array(z.object({ status: z.string(), count: z.coerce.number() }))
    .parse(rows);
  const countOf = (wanted: string) =>
    counts.find(({ status }) => status === wanted)?.count ?? 0;
  if (countOf('failed') > 0) {
    throw new Error('A task of the scaffolder failed');
  }
  return countOf('completed');
}
