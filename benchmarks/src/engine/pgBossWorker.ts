import { PgBoss } from 'pg-boss';
import { z } from 'zod';
import {
  BARE_SCHEMA,
  clock,
  CONCURRENCY,
  say,
  STEPS,
  toldSchema,
} from './protocol';

const jobSchema = z.object({ key: z.string(), step: z.number().optional() });

/** As often as pg-boss looks by itself, and where it was told of a job; seconds. */
const POLLING = {
  pollingIntervalSeconds: 0.5,
  notifyPollingIntervalSeconds: 0.5,
};

/** A worker with pg-boss as it comes: a queue with a job for each step, and one with a job for each run. */
async function main(url: string): Promise<void> {
  const boss = new PgBoss({
    connectionString: url,
    schema: BARE_SCHEMA,
    useListenNotify: true,
  });
  boss.on('error', error => process.stderr.write(`${error.stack}\n`));
  await boss.start();
  process.on('message', async message => {
    switch (toldSchema.safeParse(message).data?.what) {
      case 'go':
        await work(boss);
        say({ what: 'ready' });
        return;
      case 'stop':
        await boss.stop({ graceful: false });
        process.exit(0);
        return;
      default:
    }
  });
  say({ what: 'ready' });
}

async function work(boss: PgBoss): Promise<void> {
  const options = { localConcurrency: CONCURRENCY, batchSize: 1, ...POLLING };
  await boss.work('steps', options, async ([job]) => {
    const { key, step = 1 } = jobSchema.parse(job.data);
    if (step < STEPS) {
      await boss.send('steps', { key, step: step + 1 });
    } else {
      say({ what: 'finished' });
    }
  });
  await boss.work('runs', options, async ([job]) => {
    say({ what: 'began', key: jobSchema.parse(job.data).key, at: clock() });
    for (let step = 1; step <= STEPS; step++) {
      await Promise.resolve();
    }
    say({ what: 'finished' });
  });
}

if (process.env.BENCH_DATABASE) {
  main(process.env.BENCH_DATABASE).catch(error => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  });
}
