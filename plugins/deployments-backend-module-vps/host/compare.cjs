// @ts-check
const { readFile } = require('node:fs/promises');
const { join } = require('node:path');

/**
 * How the application's variables differ from those that it was last given. Names only; values stay on the host.
 *
 * @param {{ site: import('./types').Site, env: Record<string, string>, secrets: string[] }} input
 */
async function compareConfiguration({ site: { base }, env, secrets }) {
  const present = await readPresent(base);
  if (present === null) {
    return [];
  }
  const names = new Set([...Object.keys(present), ...Object.keys(env)]);
  names.delete('PORT');
  return [...names]
    .filter(name => !name.startsWith('SLIPWAY_') && present[name] !== env[name])
    .sort()
    .map(name => ({
      name,
      change: describe(name),
      secret: secrets.includes(name),
    }));

  /** @param {string} name */
  function describe(name) {
    if (!(name in env)) {
      return 'removed';
    }
    return present !== null && name in present ? 'changed' : 'added';
  }
}

/**
 * @param {string} base
 * @returns {Promise<Record<string, string> | null>} null where nothing was ever started
 */
async function readPresent(base) {
  try {
    const file = join(base, '.slipway', 'ecosystem.json');
    return JSON.parse(await readFile(file, 'utf8')).apps[0].env;
  } catch {
    return null;
  }
}

module.exports = { compareConfiguration };
