// @ts-check
const {
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
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
  const temporary = `${file}.${process.pid}`;
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

/**
 * Removes what was kept of a release, unless it is the current one.
 *
 * @param {{ site: import('./types').Site, releaseId: string, directory: string | null }} input
 */
async function discard({ site: { base }, releaseId, directory }) {
  const current = await readCurrent(base);
  const found = (await listReleases(base)).find(({ id }) => id === releaseId);
  const names = new Set([found?.directory, directory ?? undefined]);
  for (const name of names) {
    if (name !== undefined && name !== current) {
      await rm(join(releasesOf(base), name), { recursive: true, force: true });
    }
  }
}

/**
 * Removes old releases. The current one, the one that served in good health before it, and `previousId` always stay.
 *
 * @param {{ site: import('./types').Site, keep: number, previousId: string | null }} input
 * @param {import('./types').TaskContext} context
 */
async function prune({ site: { base }, keep, previousId }, { log }) {
  const current = await readCurrent(base);
  const complete = await listReleases(base);
  const lastGood = complete
    .filter(({ directory, verifiedAt }) => verifiedAt && directory !== current)
    .sort((a, b) => String(b.verifiedAt).localeCompare(String(a.verifiedAt)))
    .at(0);
  const kept = new Set([
    current,
    lastGood?.directory,
    complete.find(({ id }) => id === previousId)?.directory,
  ]);
  for (const { directory } of complete) {
    if (kept.size < keep) {
      kept.add(directory);
    }
  }
  const removed = (await listNames(base)).filter(name => !kept.has(name));
  for (const name of removed) {
    await rm(join(releasesOf(base), name), { recursive: true, force: true });
    log('system', `Removed ${name}.`);
  }
  return { removed };
}

module.exports = {
  discard,
  listNames,
  listReleases,
  prune,
  readCurrent,
  releasesOf,
  writeRecord,
  writeWhole,
};
