// @ts-check
const { rename, rm, symlink } = require('node:fs/promises');
const { join } = require('node:path');
const { Failure } = require('./failure.cjs');
const { listReleases, readCurrent, releasesOf } = require('./releases.cjs');
const { writeStart } = require('./start.cjs');

/**
 * Lets `current` lead to a release, by one rename: it leads to one or the other at every moment.
 *
 * @param {{ site: import('./types').Site, releaseId: string }} input
 * @param {import('./types').TaskContext} context
 */
async function switchRelease({ site, releaseId }, { log, signal }) {
  const { base, script } = site;
  const releases = await listReleases(base);
  const release = releases.find(({ id }) => id === releaseId);
  if (!release) {
    throw new Failure(
      'errored',
      `The host does not have release ${releaseId} any more.`,
      'Deploy it again, or roll back to a release that is kept.',
    );
  }
  await writeStart(join(releasesOf(base), release.directory), script);
  const from = await readCurrent(base);
  const temporary = join(base, '.slipway', 'next');
  await rm(temporary, { force: true });
  await symlink(join('releases', release.directory), temporary);
  signal.throwIfAborted();
  await rename(temporary, join(base, 'current'));
  log('system', `current: ${from ?? 'nothing'} -> ${release.directory}`);
}

module.exports = { switchRelease };
