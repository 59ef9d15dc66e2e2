import { setTimeout as delay } from 'node:timers/promises';
import { mockCredentials } from '@backstage/backend-test-utils';
import { stringifyEntityRef } from '@backstage/catalog-model';
import knexFactory, { Knex } from 'knex';
import { z } from 'zod';
import { toStepsPerSecond } from './measured';
import { startScaffolder, TEMPLATE } from './scaffolderBackend';
import { Workers } from './Workers';

/** How often it is looked how many tasks are done, milliseconds. */
const LOOK_MS = 50;

/** Steps per second of the scaffolder as it comes. */
export async function measureScaffolder(options: {
  url: string;
  tasks: number;
}): Promise<number> {
  const { url, tasks } = options;
  const entrance = await startScaffolder({ url, hasWorkers: false });
  for (let task = 0; task < tasks; task++) {
    await createTask(entrance.server.port());
  }
  await entrance.stop();
  const knex = knexFactory({ client: 'pg', connection: url });
  const workers = await Workers.start({ program: 'scaffolderWorker', url });
  // Its workers begin as soon as they are there: what they did before all of them were is left out.
  const before = await countDone(knex);
  const began = performance.now();
  let done = before;
  while (done < tasks) {
    await delay(LOOK_MS);
    done = await countDone(knex);
  }
  const ms = performance.now() - began;
  await workers.go();
  await workers.stop();
  await knex.destroy();
  return toStepsPerSecond(tasks - before, ms);
}

async function createTask(port: number): Promise<void> {
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
