import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { percentile, printReport } from '../lib/report';
import {
  Certification,
  CertificationProgress,
  Certified,
} from './Certification';
import { CHECKS } from './check';
import { measureIdleMemory } from './measureIdleMemory';
import { Struck } from './Striker';
import { Takeover } from './Takeovers';

/** How often it is told how far things are, milliseconds. */
const TELL_EVERY_MS = 10_000;

/** How long a takeover may take in 99 of 100 cases, milliseconds. */
const MOST_TAKEOVER_MS = 12_000;

/** How many violations of one kind, and slow takeovers, are printed. */
const SHOWN = 10;

/**
 * Has three replicas on a PostgreSQL carry out runs while they are killed, stalled and cut off, and counts what must not
 * happen.
 *
 * @returns the exit status.
 */
export async function benchCertificate(options: {
  short: boolean;
  seed: number;
}): Promise<0 | 1> {
  const { short, seed } = options;
  const faults = short ? 100 : 1_000;
  const directory = await mkdtemp(join(tmpdir(), 'slipway-certificate-'));
  const idleBytes = await measureIdleMemory({ rounds: short ? 1 : 3 });
  tell(`memory of an idle engine: ${megabytes(idleBytes)}`);
  tell(`seed ${seed}; what is recorded lies in ${directory}`);
  const began = performance.now();
  const certified = await Certification.run({
    seed,
    faults,
    coversAll: !short,
    directory,
    tell: createTeller(faults),
  });
  const status = report({
    ...certified,
    seed,
    idleBytes,
    least: faults,
    short,
    minutes: (performance.now() - began) / 60_000,
  });
  if (status === 0) {
    await rm(directory, { recursive: true, force: true });
  }
  return status;
}

function createTeller(faults: number) {
  const began = performance.now();
  let told = began;
  return (progress: CertificationProgress) => {
    const now = performance.now();
    if (now - told < TELL_EVERY_MS) {
      return;
    }
    told = now;
    const left = Math.max(0, faults - progress.faults);
    const minutes = ((now - began) / progress.faults) * (left / 60_000);
    tell(
      `${progress.faults} of ${faults} faults, ${progress.cases} cases; ${progress.finished} of ${progress.asked} runs finished; ${
        left > 0 ? `about ${Math.ceil(minutes)} min left` : 'the last ones'
      }`,
    );
  };
}

function report(
  of: Certified & {
    seed: number;
    idleBytes: number;
    least: number;
    short: boolean;
    minutes: number;
  },
): 0 | 1 {
  const { findings, records, takeovers, cases, ghosts } = of;
  for (const check of CHECKS) {
    for (const violation of findings[check].slice(0, SHOWN)) {
      tell(`${check}: ${violation}`);
    }
  }
  if (!of.short) {
    cases.missing.forEach(name => tell(`did not come to pass: ${name}`));
  }
  for (const line of describeSlow(takeovers.gone, of.struck).slice(0, SHOWN)) {
    tell(line);
  }
  const goneMs = takeovers.gone.map(({ ms }) => ms);
  const brokenMs = takeovers.broken.map(({ ms }) => ms);
  const p99 = percentile(goneMs, 99) / 1_000;
  return printReport({
    benchmark: 'certificate',
    table: [
      [`seed ${of.seed}, ${of.minutes.toFixed(1)} min`, ''],
      ['faults', String(of.faults)],
      ...[...of.blows].map(([blow, count]) => [`  ${blow}`, String(count)]),
      ['kinds of fault at places', `${cases.passed} of ${cases.all}`],
      ['replicas started', String(of.replicas)],
      ['runs', String(records.runs.length)],
      ['acts in the world', String(records.events.length)],
      [
        'acts of workers that had lost their run',
        `${ghosts.acts}, ${ghosts.absorbed} of them absorbed by the key`,
      ],
      ...CHECKS.map(check => [check, String(findings[check].length)]),
      ['takeovers from workers that were gone', ...describe(goneMs)],
      ['takeovers after broken connections', ...describe(brokenMs)],
      [
        'takeovers by workers that were struck or stopped before they began',
        String(takeovers.twice),
      ],
      [
        'runs left alone after 10 takeovers without getting further',
        String(takeovers.putOff),
      ],
      ['memory of an idle engine', megabytes(of.idleBytes)],
    ],
    goals: [
      { name: 'faults', actual: of.faults, atLeast: of.least },
      ...(of.short
        ? []
        : [
            {
              name: 'kinds of fault at places, of all',
              actual: cases.passed / cases.all,
              atLeast: 1,
            },
          ]),
      ...CHECKS.map(check => ({
        name: check,
        actual: findings[check].length,
        atMost: 0,
      })),
      {
        name: 'takeover p99, seconds',
        actual: p99,
        atMost: MOST_TAKEOVER_MS / 1_000,
      },
      {
        name: 'memory of an idle engine, MB',
        actual: of.idleBytes / 1_048_576,
        atMost: 20,
      },
    ],
  });
}

function describe(durationsMs: readonly number[]): [string] {
  const [p50, p99, longest] = [50, 99, 100].map(of =>
    (percentile(durationsMs, of) / 1_000).toFixed(1),
  );
  return [
    `${durationsMs.length}: p50 ${p50} s, p99 ${p99} s, longest ${longest} s`,
  ];
}

/** Takeovers that took too long, the slowest first, with what else was struck before they were done. */
function describeSlow(
  takeovers: readonly Takeover[],
  struck: readonly Struck[],
): string[] {
  return takeovers
    .filter(({ ms }) => ms > MOST_TAKEOVER_MS)
    .sort((a, b) => b.ms - a.ms)
    .map(({ from, to, at, ms }) => {
      const meanwhile = struck
        .filter(blow => blow.at >= at && blow.at < at + ms)
        .map(
          ({ replica, blow, at: when }) =>
            `${replica ?? ''} ${blow} (+${((when - at) / 1_000).toFixed(1)} s)`,
        );
      return `takeover of ${(ms / 1_000).toFixed(1)} s, ${from} to ${to}: ${meanwhile.join('; ')}`;
    });
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MB`;
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
