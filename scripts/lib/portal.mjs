import { spawn } from 'node:child_process';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEnvironment } from './environment.mjs';
import { interruption } from './interruption.mjs';
import { ROOT, shorten } from './paths.mjs';
import {
  isRunning,
  killAll,
  listDescendants,
  readPid,
  untilGone,
} from './processes.mjs';
import { killGroup } from './run.mjs';
import { Stop } from './Stop.mjs';

/** How long the backend may take to answer, milliseconds. */
const START_TIMEOUT_MS = 180_000;

/** How long it may take to finish what it does when it is told to end: a little longer than its runs may, milliseconds. */
const STOP_GRACE_MS = 30_000;

/** How often is looked which programs it has started, while it ends, milliseconds. */
const WATCH_MS = 200;

/**
 * The portal's backend as a child process. Its output goes to a log file.
 *
 * @typedef {object} Portal
 * @property {string} url
 * @property {Promise<Error>} ended is resolved when the backend ends, with what is to be said of it
 * @property {(say?: (detail: string) => void) => Promise<void>} stop says what it waits for
 * @property {() => void} kill
 */

/**
 * Starts the backend; it serves the built frontend too.
 *
 * @param {object} options
 * @param {{ node: string, path: string[] }} options.toolchain
 * @param {number} options.port
 * @param {string[]} options.configs of app-config, the later ones win
 * @param {string[]} [options.path] where it finds further programs
 * @param {Record<string, string>} [options.variables]
 * @param {string} options.logFile
 * @param {string} options.pidFile where its process is noted while it runs
 * @returns {Portal}
 */
export function startPortal(options) {
  const { toolchain, port, logFile } = options;
  // A file and no pipe: the backend can write its last words also when this process is gone.
  const log = openSync(logFile, 'w');
  const child = spawn(
    toolchain.node,
    [
      '--enable-source-maps',
      '--require',
      path.join(ROOT, 'scripts/lib/exitWithParent.cjs'),
      '--require',
      path.join(ROOT, 'node_modules/@backstage/cli/config/nodeTransform.cjs'),
      'src/index.ts',
      ...options.configs.flatMap(file => ['--config', path.join(ROOT, file)]),
    ],
    {
      cwd: path.join(ROOT, 'packages/backend'),
      env: createEnvironment({
        path: [...toolchain.path, ...(options.path ?? [])],
        variables: {
          NODE_ENV: 'development',
          LOG_LEVEL: 'info',
          PORT: String(port),
          ...options.variables,
        },
      }),
      stdio: ['ignore', log, log, 'ipc'],
      detached: true,
    },
  );
  closeSync(log);
  writeFileSync(options.pidFile, String(child.pid));
  let stopping = false;
  const ended = new Promise(resolve => {
    child.once('error', resolve);
    child.once('exit', async (code, signal) => {
      resolve(
        new Stop(
          `The portal's backend ended by itself (${
            signal ?? `status ${code}`
          }). The last it said:\n\n${stopping ? '' : await readTail(logFile)}`,
          `The whole of it is in ${shorten(logFile)}.`,
        ),
      );
    });
  });
  /** What it started; some of that goes on when it is gone. */
  const started = new Set();
  const watch = () =>
    listDescendants(child.pid ?? NaN).forEach(pid => started.add(pid));
  return {
    url: `http://localhost:${port}`,
    ended,
    async stop(say = () => {}) {
      stopping = true;
      say('runs come to a point where they can be left');
      watch();
      const watching = setInterval(watch, WATCH_MS);
      child.kill('SIGTERM');
      const timer = setTimeout(
        () => killGroup(child.pid, 'SIGKILL'),
        STOP_GRACE_MS,
      );
      await ended;
      clearTimeout(timer);
      clearInterval(watching);
      killGroup(child.pid, 'SIGKILL');
      // Half a migration is worse than one that keeps people waiting.
      say('a command that a run began goes to its end');
      await untilGone(started);
      await rm(options.pidFile, { force: true });
    },
    kill() {
      watch();
      killGroup(child.pid, 'SIGKILL');
      killAll(started);
    },
  };
}

/**
 * Waits for a portal whose launcher was killed: it ends by itself, and until then it may be at work on the demo's services.
 *
 * @param {string} pidFile
 */
export async function waitForLeftover(pidFile) {
  const pid = await readPid(pidFile);
  const deadline = Date.now() + STOP_GRACE_MS;
  while (isRunning(pid) && Date.now() < deadline) {
    interruption.throwIfAborted();
    await sleep(100);
  }
  await rm(pidFile, { force: true });
}

/**
 * Waits until the portal serves its pages and its plugins say that they are ready.
 *
 * @param {Portal} portal
 */
export async function waitForPortal(portal) {
  const deadline = Date.now() + START_TIMEOUT_MS;
  const failed = portal.ended.then(error => {
    throw error;
  });
  while (!(await Promise.race([isReady(portal.url), failed]))) {
    interruption.throwIfAborted();
    if (Date.now() > deadline) {
      throw new Stop(
        `The portal did not answer within ${START_TIMEOUT_MS / 1000} s.`,
      );
    }
    await sleep(250);
  }
}

async function isReady(url) {
  try {
    const answers = await Promise.all(
      ['/.backstage/health/v1/readiness', '/'].map(page =>
        fetch(`${url}${page}`, { signal: AbortSignal.timeout(5_000) }),
      ),
    );
    return answers.every(answer => answer.ok);
  } catch {
    return false;
  }
}

async function readTail(file) {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  return lines.slice(-40).join('\n');
}
