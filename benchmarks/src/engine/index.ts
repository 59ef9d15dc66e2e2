import { openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresServer } from '../lib/PostgresServer';
import { percentile, printReport } from '../lib/report';
import { measurePgBoss } from './measurePgBoss';
import { measureScaffolder } from './measureScaffolder';
import { measureSlipway } from './measureSlipway';
import { PROCESSES } from './Workers';

/**
 * Measures how fast runs of ten steps that do nothing are carried out on one PostgreSQL, and how soon they begin, beside bare
 * pg-boss and Backstage's scaffolder.
 *
 * @returns the exit status.
 */
export async function benchEngine(options: { short: boolean }): Promise<0 | 1> {
  const times = options.short ? 1 : 3;
  const samples = 75 * times;
  const postgres = await PostgresServer.start();
  const directory = await mkdtemp(join(tmpdir(), 'slipway-engine-'));
  try {
    const workers = {
      url: postgres.urlOf('postgres'),
      log: openSync(join(directory, 'workers.log'), 'a'),
    };
    tell(`pg-boss, a job for each step, then a job for each run`);
    const { byStep, byRun } = await measurePgBoss({
      ...workers,
      runsByStep: 75 * times,
      runsByRun: 250 * times,
      samples,
    });
    tell('the scaffolder');
    const scaffolder = await measureScaffolder({
      ...workers,
      tasks: 80 * times,
    });
    tell('slipway');
    const slipway = await measureSlipway({
      ...workers,
      runs: 150 * times,
      samples,
    });
    const rate = slipway.stepsPerSecond;
    const startP50 = percentile(slipway.startMs, 50);
    const bossP50 = percentile(byRun.startMs, 50);
    return printReport({
      benchmark: 'engine',
      table: [
        [
          `over ${PROCESSES} processes`,
          'steps/s',
          'enqueue to start p50',
          'p99',
        ],
        ['slipway', ...describe(rate, slipway.startMs)],
        [
          'pg-boss, a job for each step',
          ...describe(byStep.stepsPerSecond, byStep.startMs),
        ],
        [
          'pg-boss, a job for each run',
          ...describe(byRun.stepsPerSecond, byRun.startMs),
        ],
        ['scaffolder', ...describe(scaffolder, [])],
      ],
      goals: [
        {
          name: 'steps/s, slipway to pg-boss with a job for each step',
          actual: rate / byStep.stepsPerSecond,
          atLeast: 1.5,
        },
        {
          name: 'steps/s, slipway to the scaffolder',
          actual: rate / scaffolder,
          atLeast: 5,
        },
        {
          name: 'enqueue to start p50, slipway to pg-boss',
          actual: startP50 / bossP50,
          atMost: 2,
        },
      ],
    });
  } finally {
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

function describe(stepsPerSecond: number, startMs: number[]): string[] {
  const milliseconds = (of: number) =>
    startMs.length > 0 ? `${percentile(startMs, of).toFixed(1)} ms` : '';
  return [stepsPerSecond.toFixed(0), milliseconds(50), milliseconds(99)];
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
