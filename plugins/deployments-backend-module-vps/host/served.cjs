// @ts-check
const { readFile } = require('node:fs/promises');
const { join } = require('node:path');
const { listReleases, releasesOf, writeWhole } = require('./releases.cjs');

/** @param {string} base @param {string} directory */
const fileOf = (base, directory) =>
  join(releasesOf(base), directory, '.slipway', 'served.json');

/**
 * Keeps what a release was seen to serve with, beside it and readable by its owner alone: its variables are in it. The
 * manifest may say something else by the time that one goes back to it.
 *
 * @param {{
 *   site: import('./types').Site,
 *   directory: string,
 *   processes: import('./types').Pm2Process[],
 * } & import('./types').Configuration} input
 */
async function keepServed({ site, directory, processes, env, smoke }) {
  const { base, processName, pm2Home, ...own } = site;
  await writeWhole(
    fileOf(base, directory),
    JSON.stringify({
      site: own,
      env,
      smoke,
      processes: processes.map(({ id, createdAt, restarts }) => ({
        id,
        createdAt,
        restarts,
      })),
    }),
  );
}

/**
 * What the release in a directory last served with, or null where it never did.
 *
 * @param {string} base
 * @param {string | null} directory
 * @returns {Promise<import('./types').Served | null>}
 */
async function readServed(base, directory) {
  try {
    return JSON.parse(await readFile(fileOf(base, directory ?? ''), 'utf8'));
  } catch {
    return null;
  }
}

/**
 * The input of a task, with what `restore` last served with in the place of what the manifest says now.
 *
 * @template {{ site: import('./types').Site, restore?: string | null }} T
 * @param {T} input `restore` is the id of a release
 * @returns {Promise<T>}
 */
async function restoreServed(input) {
  const { site, restore = null } = input;
  if (restore === null) {
    return input;
  }
  const release = (await listReleases(site.base)).find(
    ({ id }) => id === restore,
  );
  const served = await readServed(site.base, release?.directory ?? null);
  if (served === null) {
    return input;
  }
  const { env, smoke } = served;
  return { ...input, env, smoke, site: { ...site, ...served.site } };
}

/**
 * How often a process died and was started anew since it was seen to serve; null where it is not the one that was seen.
 *
 * @param {import('./types').Served | null} served
 * @param {import('./types').Pm2Process} process
 */
function countDeaths(served, { id, createdAt, restarts }) {
  // A release may have been kept when this was not noted.
  const before = served?.processes?.find(
    process => process.id === id && process.createdAt === createdAt,
  );
  return before ? Math.max(0, restarts - before.restarts) : null;
}

module.exports = { countDeaths, keepServed, readServed, restoreServed };
