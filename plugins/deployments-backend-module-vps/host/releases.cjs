// @ts-check
const { randomUUID } = require('node:crypto');
const {
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  writeFile,
} = require('node:fs/promises');
const { basename, join } = require('node:path');

/** @param {string} base */
const releasesOf = base => join(base, 'releases');

/** @param {string} releaseDirectory */
const recordOf = releaseDirectory =>
  join(releaseDirectory, '.slipway', 'release.json');

/**
 * Every complete release below a directory, newest first.
 *
 * @param {string} base
 * @returns {Promise<import('./types').KeptRelease[]>}
 */
async function listReleases(base) {
  const names = await listNames(base);
  const releases = await Promise.all(
    names.map(async directory => {
      try {
        const file = recordOf(join(releasesOf(base), directory));
        return { ...JSON.parse(await readFile(file, 'utf8')), directory };
      } catch {
        return undefined;
      }
    }),
  );
  return releases.filter(release => release !== undefined);
}

/**
 * @param {string} base
 * @returns {Promise<string[]>} newest first
 */
async function listNames(base) {
  try {
    return (await readdir(releasesOf(base))).sort().reverse();
  } catch {
    return [];
  }
}

/**
 * Name of the directory that `current` leads to, or null.
 *
 * @param {string} base
 */
async function readCurrent(base) {
  try {
    return basename(await readlink(join(base, 'current')));
  } catch {
    return null;
  }
}

/**
 * Writes a file as a whole or not at all, readable by its owner alone.
 *
 * @param {string} file
 * @param {string} text
 */
async function writeWhole(file, text) {
  const temporary = `${file}.${randomUUID()}`;
  await writeFile(temporary, text, { mode: 0o600 });
  await rename(temporary, file);
}

/**
 * Says that a directory holds a complete release, or when it was last seen serving.
 *
 * @param {string} base
 * @param {import('./types').KeptRelease} release
 */
async function writeRecord(base, { directory, ...record }) {
  const path = join(releasesOf(base), directory);
  await mkdir(join(path, '.slipway'), { recursive: true });
  await writeWhole(recordOf(path), `${JSON.stringify(record, null, 2)}\n`);
}

module.exports = {
  listNames,
  listReleases,
  readCurrent,
  releasesOf,
  writeRecord,
  writeWhole,
};
