// @ts-check
const { rm } = require('node:fs/promises');
const { join } = require('node:path');
const { Failure } = require('./failure.cjs');
const { listBusyDirectories } = require('./records.cjs');
const {
  listNames,
  listReleases,
  readCurrent,
  releasesOf,
} = require('./releases.cjs');

/**
 * Removes what was kept of a release, unless it is the current one. A directory in which a command goes on stays: half a
 * migration is worse than a directory too many.
 *
 * @param {{ site: import('./types').Site, releaseId: string, directory: string | null }} input
 */
async function discard({ site: { base }, releaseId, directory }) {
  const current = await readCurrent(base);
  const found = (await listReleases(base)).find(({ id }) => id === releaseId);
  const names = new Set([found?.directory, directory ?? undefined]);
  const busy = await listBusyDirectories(base);
  for (const name of names) {
    if (name !== undefined && busy.has(name)) {
      throw new Failure(
        'errored',
        `A command of this release still runs on the host, in ${join(releasesOf(base), name)}, so that was not removed.`,
        'Wait until the command has ended, see what it did, then deploy again.',
      );
    }
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
  const kept = new Set(
    [
      current,
      lastGood?.directory,
      complete.find(({ id }) => id === previousId)?.directory,
    ].filter(Boolean),
  );
  for (const { directory } of complete) {
    if (kept.size < keep) {
      kept.add(directory);
    }
  }
  const busy = await listBusyDirectories(base);
  const removed = (await listNames(base)).filter(
    name => !kept.has(name) && !busy.has(name),
  );
  for (const name of removed) {
    await rm(join(releasesOf(base), name), { recursive: true, force: true });
    log('system', `Removed ${name}.`);
  }
  return { removed };
}

module.exports = { discard, prune };
