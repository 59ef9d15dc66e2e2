// @ts-check
const { mkdir, readFile } = require('node:fs/promises');
const { join } = require('node:path');
const { Failure } = require('./failure.cjs');
const { runProgram } = require('./processes.cjs');
const { releasesOf, writeWhole } = require('./releases.cjs');

/**
 * Runs a command of the manifest within a release and records its begin and its end under a key, so that
 * afterwards one can tell whether it ran. Once begun it goes to its end, also when whoever asked is gone: half a migration is worse than one that nobody watches.
 *
 * @param {{
 *   site: import('./types').Site,
 *   directory: string,
 *   argv: string[],
 *   env: Record<string, string>,
 *   key: string,
 *   timeoutMs: number,
 *   mend: string,
 * }} input
 * @param {import('./types').TaskContext} context
 */
async function runRecorded(
  { site: { base }, directory, argv, env, key, timeoutMs, mend },
  { log },
) {
  const file = recordOf(base, key);
  await mkdir(join(base, '.slipway', 'commands'), { recursive: true });
  await writeWhole(file, 'begun');
  log('system', `$ ${argv.join(' ')}`);
  const timeout = AbortSignal.timeout(timeoutMs);
  const { code, tail } = await runProgram(argv, {
    cwd: join(releasesOf(base), directory),
    env,
    log,
    signal: timeout,
  });
  await writeWhole(file, code === 0 ? 'succeeded' : 'failed');
  if (timeout.aborted) {
    throw new Failure(
      'failed',
      `${argv.join(' ')} was stopped: it took longer than ${timeoutMs / 1000} s.\n${tail}`,
      mend,
    );
  }
  if (code !== 0) {
    throw new Failure(
      'failed',
      `${argv.join(' ')} ended with status ${code}:\n${tail}`,
      mend,
    );
  }
}

/**
 * What became of a command: null where it never began.
 *
 * @param {{ site: import('./types').Site, key: string }} input
 */
async function recall({ site: { base }, key }) {
  try {
    return await readFile(recordOf(base, key), 'utf8');
  } catch {
    return null;
  }
}

/**
 * @param {string} base
 * @param {string} key
 */
function recordOf(base, key) {
  return join(base, '.slipway', 'commands', key.replace(/[^\w-]/g, '_'));
}

module.exports = { runRecorded, recall };
