import { ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { findFreePort } from '../lib/findFreePort';
import { printReport, seconds } from '../lib/report';
import { run } from '../lib/run';

/** How often the portal is asked whether it answers, milliseconds. */
const ASK_EVERY_MS = 100;

/**
 * Clones the repository into an empty folder and times `npm start` until the portal answers: on the fresh clone, and again
 * after it was stopped.
 *
 * @returns the exit status.
 */
export async function benchStart(): Promise<0 | 1> {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-start-'));
  const clone = join(directory, 'slipway');
  try {
    await run([
      'git',
      'clone',
      '--quiet',
      resolvePackagePath('@slipway/benchmarks', '..'),
      clone,
    ]);
    const cleanMs = await timeStart(clone);
    const againMs = await timeStart(clone);
    return printReport({
      benchmark: 'start',
      table: [
        ['npm start', 'until the portal answers'],
        ['on a fresh clone', seconds(cleanMs)],
        ['again', seconds(againMs)],
      ],
      goals: [
        { name: 'clean start, seconds', actual: cleanMs / 1_000, atMost: 300 },
        { name: 'second start, seconds', actual: againMs / 1_000, atMost: 30 },
      ],
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Starts the portal of a clone, waits for its first answer, and stops it as Ctrl-C would. */
async function timeStart(clone: string): Promise<number> {
  const port = await findFreePort();
  const begun = performance.now();
  const child = spawn('npm', ['start'], {
    cwd: clone,
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
  const ended = new Promise<void>(resolve => {
    child.on('close', () => resolve());
  });
  try {
    await waitForAnswer(port, child);
    return performance.now() - begun;
  } finally {
    interrupt(child);
    await ended;
  }
}

async function waitForAnswer(port: number, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const answer = await fetch(`http://localhost:${port}/`).catch(() => null);
    if (answer?.ok) {
      return;
    }
    await new Promise(resolve => {
      setTimeout(resolve, ASK_EVERY_MS);
    });
  }
  throw new Error(`npm start ended with ${child.exitCode}`);
}

/** A terminal sends Ctrl-C to the whole group. */
function interrupt({ pid, exitCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null) {
    process.kill(-pid, 'SIGINT');
  }
}
