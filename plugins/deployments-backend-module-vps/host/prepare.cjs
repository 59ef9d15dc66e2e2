// @ts-check
const {
  access,
  constants,
  mkdir,
  readFile,
  statfs,
  writeFile,
} = require('node:fs/promises');
const { join } = require('node:path');
const { Failure } = require('./failure.cjs');
const { askHealth, isListening } = require('./health.cjs');
const { findProgram } = require('./processes.cjs');
const { listProcesses } = require('./pm2.cjs');
const {
  listNames,
  listReleases,
  readCurrent,
  releasesOf,
} = require('./releases.cjs');

/** What has to stay free beside the release itself: its dependencies, PM2's logs. */
const RESERVE_BYTES = 50 * 1024 * 1024;

/** How each tool comes to a host. */
const MENDS = {
  npm: 'Install npm on the host; it comes with Node.js.',
  pm2: 'Install PM2 on the host: npm install --global pm2',
  rsync: 'Install rsync on the host: apt-get install rsync',
};

/**
 * Checks that a release can be put on this host, makes its directories, and finds where the release belongs.
 *
 * @param {{
 *   site: import('./types').Site,
 *   owner: string,
 *   releaseId: string,
 *   proposedDirectory: string,
 *   tools: Array<keyof typeof MENDS>,
 *   sizeBytes: number,
 * }} input
 * @param {import('./types').TaskContext} context
 */
async function prepare(
  { site, owner, releaseId, proposedDirectory, tools, sizeBytes },
  { log, signal },
) {
  for (const tool of tools) {
    if (!findProgram(tool)) {
      throw new Failure(
        'errored',
        `The host has no ${tool} in its PATH (${process.env.PATH}).`,
        `${MENDS[tool]}; or name its directory in the connection's path.`,
      );
    }
  }
  for (const directory of ['releases', 'shared', '.slipway']) {
    await mkdir(join(site.base, directory), { recursive: true });
    await access(join(site.base, directory), constants.W_OK);
  }
  await takeOwnership(site.base, owner);
  const { bavail, bsize } = await statfs(site.base);
  const needed = sizeBytes * 4 + RESERVE_BYTES;
  if (bavail * bsize < needed) {
    throw new Failure(
      'errored',
      `There is no space left on the host: ${megabytes(bavail * bsize)} free below ${site.base}, ${megabytes(needed)} needed.`,
      'Free disk space on the host, or keep fewer releases (keepReleases), then try again.',
    );
  }
  const [releases, names, current, processes] = await Promise.all([
    listReleases(site.base),
    listNames(site.base),
    readCurrent(site.base),
    listProcesses(site),
  ]);
  await checkPort(site, processes);
  await describePresent(site, processes, { log, signal });
  const kept = releases.find(({ id }) => id === releaseId);
  const serving = releases.find(({ directory }) => directory === current);
  if (current !== null && names.includes(current) && !serving) {
    throw new Failure(
      'errored',
      `${join(site.base, 'current')} leads to ${current}, which is no release of the portal's: it could not be brought back.`,
      'Choose another directory in the manifest, or remove the link on the host once nothing needs it.',
    );
  }
  // What another release is whole in is never this one's, whatever it is called.
  const begun = names.find(
    name =>
      name.endsWith(suffixOf(releaseId)) &&
      !releases.some(({ directory }) => directory === name),
  );
  return {
    directory: kept?.directory ?? begun ?? proposedDirectory,
    complete: kept !== undefined,
    previous: serving
      ? {
          id: serving.id,
          version: serving.version,
          directory: join(releasesOf(site.base), serving.directory),
        }
      : null,
  };
}

/**
 * Sees to it that a directory has one environment: the first that is deployed there.
 *
 * @param {string} base
 * @param {string} owner
 */
async function takeOwnership(base, owner) {
  const file = join(base, '.slipway', 'owner');
  await writeFile(file, owner, { flag: 'wx', mode: 0o600 }).catch(error => {
    if (error.code !== 'EEXIST') {
      throw error;
    }
  });
  const present = await readFile(file, 'utf8');
  if (present !== owner) {
    throw new Failure(
      'errored',
      `${base} belongs to ${present}, and so cannot be that of ${owner}.`,
      `Choose another directory in the manifest. If this is the same environment under a new name, remove ${file} on the host.`,
    );
  }
}

/**
 * @param {import('./types').Site} site
 * @param {import('./types').Pm2Process[]} processes
 */
async function checkPort(site, processes) {
  const foreign = processes.find(
    ({ cwd }) => cwd !== null && !`${cwd}/`.startsWith(`${site.base}/`),
  );
  if (foreign) {
    throw new Failure(
      'errored',
      `PM2 on the host already runs another ${site.processName}, from ${foreign.cwd}.`,
      'Choose another processName in the manifest.',
    );
  }
  const isOurs = processes.some(
    ({ port, status }) =>
      port === site.port && status !== 'stopped' && status !== 'errored',
  );
  if (!isOurs && (await isListening(site.port))) {
    throw new Failure(
      'errored',
      `Port ${site.port} of the host is taken by another program.`,
      `Choose another port in the manifest, or stop what listens there (ss -ltnp 'sport = :${site.port}' on the host names it).`,
    );
  }
}

/**
 * @param {import('./types').Site} site
 * @param {import('./types').Pm2Process[]} processes
 * @param {Pick<import('./types').TaskContext, 'log' | 'signal'>} context
 */
async function describePresent(site, processes, { log, signal }) {
  if (processes.length === 0) {
    log('system', 'Nothing of this service runs here yet.');
    return;
  }
  const { ok, reason } = await askHealth(site.port, site.health, signal);
  log(
    'system',
    ok
      ? 'What runs now is healthy.'
      : `What runs now is not healthy: ${reason}.`,
  );
}

/** @param {string} releaseId */
function suffixOf(releaseId) {
  return `-${releaseId.slice(0, 8)}`;
}

/** @param {number} bytes */
function megabytes(bytes) {
  return `${Math.floor(bytes / 1024 / 1024)} MB`;
}

module.exports = { prepare };
