import { setTimeout as delay } from 'node:timers/promises';
import { PgBoss } from 'pg-boss';
import { Measured, REST_MS, toMs, toStepsPerSecond } from './measured';
import { BARE_SCHEMA } from './protocol';
import { Workers } from './Workers';

/** pg-boss as it comes, with a job for each step and with a job for each run. */
export async function measurePgBoss(options: {
  url: string;
  log: number;
  /** Runs with a job for each step. */
  runsByStep: number;
  /** Runs with one job. */
  runsByRun: number;
  samples: number;
}): Promise<{ byStep: Measured; byRun: Measured }> {
  const { url, log, runsByStep, runsByRun, samples } = options;
  const boss = new PgBoss({ connectionString: url, schema: BARE_SCHEMA });
  await boss.start();
  await boss.createQueue('steps', { notify: true });
  await boss.createQueue('runs', { notify: true });
  const byStep = await measureQueue({
    boss,
    url,
    log,
    queue: 'steps',
    runs: runsByStep,
    samples: 0,
  });
  const byRun = await measureQueue({
    boss,
    url,
    log,
    queue: 'runs',
    runs: runsByRun,
    samples,
  });
  await boss.stop({ graceful: false });
  return { byStep, byRun };
}

async function measureQueue(options: {
  boss: PgBoss;
  url: string;
  log: number;
  queue: 'steps' | 'runs';
  runs: number;
  samples: number;
}): Promise<Measured> {
  const { boss, url, log, queue, runs, samples } = options;
  await boss.insert(
    queue,
    Array.from({ length: runs }, (_, index) => ({
      data: { key: `run-${index}` },
    })),
  );
  const workers = await Workers.start({ program: 'pgBossWorker', url, log });
  const began = performance.now();
  await workers.go();
  await workers.untilFinished(runs);
  const stepsPerSecond = toStepsPerSecond(runs, performance.now() - began);
  const startMs: number[] = [];
  for (let sample = 1; sample <= samples; sample++) {
    await delay(REST_MS);
    const key = `sample-${sample}`;
    const asked = process.hrtime.bigint();
    await boss.send(queue, { key });
    startMs.push(toMs((await workers.untilBegan(key)) - asked));
  }
  await workers.stop();
  return { stepsPerSecond, startMs };
}
