// @ts-check
const {
  mkdir,
  open,
  readdir,
  readFile,
  rm,
  truncate,
  writeFile,
} = require('node:fs/promises');
const { join } = require('node:path');

/** What a record takes on the disk from its begin, so that a disk which is full by then still takes how the command ended. */
const RECORD_BYTES = 1_024;

/**
 * What is left of a record that cannot be read: the command began, and nobody knows more.
 *
 * @type {import('./types').CommandRecord}
 */
const LOST = {
  state: 'begun',
  directory: '',
  until: 0,
  watcher: 0,
  group: null,
};

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
  const file = join(recordsOf(base), nameRecord(key));
  try {
    await writeFile(file, encode(record), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (/** @type {any} */ error) {
    if (error.code === 'EEXIST') {
      return false;
    }
    // What could not be recorded does not begin.
    await rm(file, { force: true });
    throw error;
  }
}

/**
 * Writes down how a command goes, in the place that its record has already.
 *
 * @param {string} base
 * @param {string} key
 * @param {import('./types').CommandRecord} record
 */
async function noteCommand(base, key, record) {
  const handle = await open(join(recordsOf(base), nameRecord(key)), 'r+');
  try {
    await handle.writeFile(encode(record));
  } finally {
    await handle.close();
  }
}

/**
 * Lets a record say no more than that the command began: it has ended, and how could not be written down.
 *
 * @param {string} base
 * @param {string} key
 */
async function loseCommand(base, key) {
  await truncate(join(recordsOf(base), nameRecord(key)));
}

/** @param {import('./types').CommandRecord} record */
function encode(record) {
  return JSON.stringify(record).padEnd(RECORD_BYTES);
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
  } catch (/** @type {any} */ error) {
    return error.code === 'ENOENT' ? null : LOST;
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

module.exports = {
  beginCommand,
  noteCommand,
  loseCommand,
  recall,
  listBusyDirectories,
};
