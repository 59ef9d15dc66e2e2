// @ts-check
const { open } = require('node:fs/promises');
const { Failure } = require('./failure.cjs');
const { askHealth, pause, request } = require('./health.cjs');
const { keepTail } = require('./processes.cjs');
const { listProcesses } = require('./pm2.cjs');
const { listReleases, readCurrent, writeRecord } = require('./releases.cjs');
const { keepServed } = require('./served.cjs');

/** How much of the end of a log file is read. */
const LOG_TAIL_BYTES = 32 * 1024;

/**
 * Waits until a release serves: the processes that PM2 keeps are all of it and run, and the application itself
 * says so as often as it has processes. Then its smoke checks, and whether it stays so. Records that it was seen in good health,
 * and with what.
 *
 * @param {{
 *   site: import('./types').Site,
 *   releaseId: string,
 *   stableFor: number,
 * } & import('./types').Configuration} input
 * @param {import('./types').TaskContext} context
 */
async function verify(
  { site, releaseId, stableFor, env, smoke },
  { log, signal },
) {
  const deadline = Date.now() + site.health.timeout;
  const first = await waitUntilServing();
  let goodSince = Date.now();
  for (const { name, path, status, contains } of smoke) {
    await checkSmoke({ port: site.port, name, path, status, contains, signal });
    log('system', `Smoke check "${name}": passed.`);
  }
  while (stableFor > 0) {
    const isOver = Date.now() - goodSince >= stableFor;
    const { fault, processes } = await findFault(site, releaseId, signal);
    const dead = first.find(process => !processes.some(isSame(process)));
    if (dead) {
      await fail(`${dead.name} died a moment after it was ready`, processes);
    }
    if (fault !== null) {
      await waitUntilServing();
      goodSince = Date.now();
    } else if (isOver) {
      break;
    }
    await pause();
  }
  const directory = await record(site.base, releaseId);
  await keepServed({ site, directory, processes: first, env, smoke });
  log(
    'system',
    `All ${site.instances} processes serve the release in good health.`,
  );

  async function waitUntilServing() {
    for (;;) {
      const { fault, processes } = await findFault(site, releaseId, signal);
      if (fault === null) {
        return processes;
      }
      const isLost = processes.some(({ status }) => status === 'errored');
      if (isLost || signal.aborted || Date.now() > deadline) {
        await fail(fault, processes);
      }
      await pause();
    }
  }

  /**
   * @param {string} fault
   * @param {import('./types').Pm2Process[]} processes
   */
  async function fail(fault, processes) {
    await showLogs(processes, log);
    throw new Failure(
      'failed',
      `The release does not serve in good health: ${fault}.`,
      'Look at the last words of its processes in the log of this step.',
    );
  }
}

/**
 * Whether a process is another, and never died meanwhile.
 *
 * @param {import('./types').Pm2Process} process
 * @returns {(other: import('./types').Pm2Process) => boolean}
 */
function isSame({ id, pid, restarts }) {
  return other =>
    other.id === id && other.pid === pid && other.restarts === restarts;
}

/**
 * @param {import('./types').Site} site
 * @param {string} releaseId
 * @param {AbortSignal} signal
 */
async function findFault(site, releaseId, signal) {
  const processes = await listProcesses(site);
  const stale = processes.find(
    ({ outgoing, release }) => outgoing || release !== releaseId,
  );
  const down = processes.find(({ status }) => status !== 'online');
  /** @param {string | null} fault */
  const say = fault => ({ fault, processes });
  if (processes.length !== site.instances) {
    return say(`${processes.length} of ${site.instances} processes are there`);
  }
  if (stale) {
    return say(`${stale.name} still is of another release`);
  }
  if (down) {
    return say(`${down.name} is ${down.status} (restarts: ${down.restarts})`);
  }
  const answers = await Promise.all(
    Array.from({ length: site.instances }, () =>
      askHealth(site.port, site.health, signal),
    ),
  );
  const sick = answers.find(({ ok }) => !ok);
  if (sick) {
    return say(sick.reason);
  }
  const { releaseField } = site.health;
  const other = answers.find(({ release }) => release !== releaseId);
  return say(
    releaseField !== null && other
      ? `the application says it serves ${other.release ?? 'nothing'} in ${releaseField}, not ${releaseId}`
      : null,
  );
}

/** @param {{ port: number, name: string, path: string, status: number, contains?: string, signal: AbortSignal }} check */
async function checkSmoke({ port, name, path, status, contains, signal }) {
  /** @param {string} what */
  const refuse = what =>
    new Failure(
      'failed',
      `Smoke check "${name}" (${path}): ${what}.`,
      'Mend the release, or the check in the manifest.',
    );
  const answer = await request(port, path, signal).catch(error => {
    throw refuse(`no answer: ${error.message}`);
  });
  if (answer.status !== status) {
    throw refuse(`answered ${answer.status}, expected ${status}`);
  }
  if (contains !== undefined && !answer.body.includes(contains)) {
    throw refuse(`the answer does not contain ${JSON.stringify(contains)}`);
  }
}

/**
 * @param {string} base
 * @param {string} releaseId
 * @returns {Promise<string>} the release's directory
 */
async function record(base, releaseId) {
  const current = await readCurrent(base);
  const release = (await listReleases(base)).find(
    ({ id, directory }) => id === releaseId && directory === current,
  );
  if (!release) {
    throw new Failure(
      'failed',
      `current leads to ${current ?? 'nothing'}, which is another release.`,
      'Something else changed the link meanwhile; find out what, then try again.',
    );
  }
  await writeRecord(base, { ...release, verifiedAt: new Date().toISOString() });
  return release.directory;
}

/**
 * @param {import('./types').Pm2Process[]} processes
 * @param {import('./types').TaskContext['log']} log
 */
async function showLogs(processes, log) {
  for (const file of new Set(processes.flatMap(({ logs }) => logs))) {
    const text = await readTail(file);
    if (text !== '') {
      log('system', `Last lines of ${file}:`);
      log(file.includes('error') ? 'stderr' : 'stdout', `${text}\n`);
    }
  }
}

/** @param {string} file */
async function readTail(file) {
  try {
    const handle = await open(file);
    try {
      const { size } = await handle.stat();
      const length = Math.min(size, LOG_TAIL_BYTES);
      const { buffer } = await handle.read({
        buffer: Buffer.alloc(length),
        position: size - length,
      });
      return keepTail(buffer.toString('utf8')).trimEnd();
    } finally {
      await handle.close();
    }
  } catch {
    return '';
  }
}

module.exports = { verify };
