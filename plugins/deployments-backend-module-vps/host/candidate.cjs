// @ts-check
const { spawn } = require('node:child_process');
const { readFile, readlink, rm, writeFile } = require('node:fs/promises');
const { join } = require('node:path');
const { Failure } = require('./failure.cjs');
const { askHealth, findFreePort, isListening, pause } = require('./health.cjs');
const { keepTail, killGroup } = require('./processes.cjs');
const { releasesOf } = require('./releases.cjs');

/**
 * Starts a release beside the one that serves, on a spare port and with its real environment, waits until it is in
 * good health (and says that it is ready, where it is to say so), and stops it.
 *
 * @param {{
 *   site: import('./types').Site,
 *   directory: string,
 *   releaseId: string,
 *   env: Record<string, string>,
 *   sparePort: number | null,
 * }} input
 * @param {import('./types').TaskContext} context
 */
async function checkCandidate(
  { site, directory, releaseId, env, sparePort },
  { log, signal },
) {
  const cwd = join(releasesOf(site.base), directory);
  const pidFile = join(site.base, '.slipway', 'candidate.pid');
  await stopLeftover(site.base, pidFile);
  if (sparePort !== null && (await isListening(sparePort))) {
    throw new Failure(
      'errored',
      `Port ${sparePort} of the host, the sparePort, is taken by another program.`,
      'Choose another sparePort in the manifest, or leave it out: any free port is then used.',
    );
  }
  const port = sparePort ?? (await findFreePort());
  log('system', `Starting the release on port ${port} to look at it.`);
  const child = spawn(process.execPath, [site.script], {
    cwd,
    env: { ...process.env, ...env, PORT: String(port) },
    detached: true,
    // PM2 has such a channel, too: over it the application says that it is ready.
    stdio: ['ignore', 'pipe', 'pipe', site.waitReady ? 'ipc' : 'ignore'],
  });
  let printed = '';
  /** @param {'stdout' | 'stderr'} stream */
  const listen = stream =>
    child[stream]?.setEncoding('utf8').on('data', text => {
      printed = keepTail(printed + text);
      log(stream, text);
    });
  listen('stdout');
  listen('stderr');
  let isReady = !site.waitReady;
  child.on('message', message => {
    isReady ||= message === 'ready';
  });
  /** @type {string | undefined} */
  let ended;
  child.once('error', error => {
    ended = `it could not be started: ${error.message}`;
  });
  const exited = new Promise(resolve => {
    child.once('exit', (code, killedBy) => {
      ended = killedBy
        ? `it was ended by ${killedBy}`
        : `it ended with status ${code}`;
      resolve(undefined);
    });
    child.once('error', resolve);
  });
  try {
    await writeFile(pidFile, String(child.pid));
    await waitUntilHealthy();
    log('system', 'The release is healthy on its spare port.');
  } finally {
    killGroup(child.pid, 'SIGKILL');
    await exited;
    await rm(pidFile, { force: true });
  }

  async function waitUntilHealthy() {
    const { releaseField, timeout } = site.health;
    const late = AbortSignal.timeout(timeout);
    const bound = AbortSignal.any([signal, late]);
    /** @param {import('./types').HealthAnswer} answer */
    const isRight = ({ ok, release }) =>
      ok && (releaseField === null || release === releaseId);
    let answer = await askHealth(port, site.health, bound);
    while (!isRight(answer) || !isReady) {
      if (signal.aborted) {
        throw new Failure('errored', 'The check was abandoned.');
      }
      if (ended !== undefined) {
        throw new Failure(
          'failed',
          `The release does not start: ${ended}.${quote(printed)}`,
          'Nothing was switched. Mend the release; its last words are above.',
        );
      }
      if (late.aborted) {
        const { fault, mend } = explain(answer);
        throw new Failure(
          'failed',
          `The release did not become healthy within ${timeout / 1000} s: ${fault}.${quote(printed)}`,
          `Nothing was switched. ${mend}`,
        );
      }
      await pause();
      if (!bound.aborted) {
        const next = await askHealth(port, site.health, bound);
        // One that was cut off by the end of the time takes nothing back from a whole one.
        answer = bound.aborted && answer.isWhole && !next.ok ? answer : next;
      }
    }
  }

  /** @param {import('./types').HealthAnswer} answer */
  function explain({ ok, release, reason }) {
    const { path, releaseField } = site.health;
    if (!ok) {
      return {
        fault: reason,
        mend: 'Mend the release; it has to answer its health check with 200.',
      };
    }
    if (!isReady) {
      return {
        fault: 'it never said that it is ready, for which PM2 is to wait',
        mend: "Let the application call process.send('ready') once it can work, or take waitReady out of the manifest.",
      };
    }
    return {
      fault: `${path} says it serves ${release ?? 'nothing'} in ${releaseField}, not ${releaseId}`,
      mend: `Let the application answer with the value of SLIPWAY_RELEASE in ${releaseField}.`,
    };
  }
}

/**
 * Stops a candidate that an earlier check had to leave behind.
 *
 * @param {string} base
 * @param {string} pidFile
 */
async function stopLeftover(base, pidFile) {
  try {
    const pid = Number(await readFile(pidFile, 'utf8'));
    const cwd = await readlink(`/proc/${pid}/cwd`);
    if (cwd.startsWith(`${releasesOf(base)}/`)) {
      killGroup(pid, 'SIGKILL');
    }
  } catch {
    // There is none.
  }
}

/** @param {string} text */
function quote(text) {
  return text.trim() === '' ? '' : `\n${text.trimEnd()}`;
}

module.exports = { checkCandidate };
