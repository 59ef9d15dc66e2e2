// @ts-check
const { mkdir, readdir, readFile, writeFile } = require('node:fs/promises');
const { join } = require('node:path');
const { writeWhole } = require('./releases.cjs');

/** @param {string} base */
const recordsOf = base => join(base, '.slipway', 'commands');

/** @param {string} key */
const nameRecord = key => key.replace(/[^\w-]/g, '_');

/**
 * Records that a command is about to begin. Its key begins once and never again.
 *
 * @param {string} base
 * @param {string} key
 * @param {import('./types').CommandRecord} record
 * @returns {Promise<boolean>} false where a command of that key began before
 */
async function beginCommand(base, key, record) {
  await mkdir(recordsOf(base), { recursive: true });
  try {
    await writeFile(
      join(recordsOf(base), nameRecord(key)),
      JSON.stringify(record),
      { flag: 'wx', mode: 0o600 },
    );
    return true;
  } catch (/** @type {any} */ error) {
    if (error.code === 'EEXIST') {
      return false;
    }
    throw error;
  }
}

/**
 * @param {string} base
 * @param {string} key
 * @param {import('./types').CommandRecord} record
 */
async function noteCommand(base, key, record) {
  await writeWhole(
    join(recordsOf(base), nameRecord(key)),
    JSON.stringify(record),
  );
}

/**
 * What became of a command, and whether it still goes on; null where it never began.
 *
 * @param {{ site: import('./types').Site, key: string }} input
 */
async function recall({ site: { base }, key }) {
  const record = await readRecord(base, nameRecord(key));
  return record && { state: record.state, isAlive: isAlive(record) };
}

/**
 * Names of the release directories in which a command goes on.
 *
 * @param {string} base
 */
async function listBusyDirectories(base) {
  const names = await readdir(recordsOf(base)).catch(() => []);
  const records = await Promise.all(names.map(name => readRecord(base, name)));
  return new Set(
    records
      .filter(record => record !== null && isAlive(record))
      .map(record => record?.directory),
  );
}

/**
 * @param {string} base
 * @param {string} name
 * @returns {Promise<import('./types').CommandRecord | null>}
 */
async function readRecord(base, name) {
  try {
    return JSON.parse(await readFile(join(recordsOf(base), name), 'utf8'));
  } catch {
    return null;
  }
}

/** After its time a number may be that of another process. @param {import('./types').CommandRecord} record */
function isAlive({ state, until, watcher, group }) {
  return (
    state === 'begun' &&
    Date.now() < until &&
    (canSignal(watcher) || (group !== null && canSignal(-group)))
  );
}

/** @param {number} pid negative for a process group */
function canSignal(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

module.exports = { beginCommand, noteCommand, recall, listBusyDirectories };
