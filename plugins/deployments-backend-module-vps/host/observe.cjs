// @ts-check
const { askHealth } = require('./health.cjs');
const { listProcesses } = require('./pm2.cjs');
const { listReleases, readCurrent } = require('./releases.cjs');

/**
 * What is true on this host now: where `current` leads, what is kept, what PM2 runs, what the application answers.
 *
 * @param {{ site: import('./types').Site }} input
 */
async function observe({ site }) {
  const [current, releases, processes, health] = await Promise.all([
    readCurrent(site.base),
    listReleases(site.base),
    listProcesses(site),
    askHealth(site.port, site.health),
  ]);
  return {
    current,
    releases,
    processes,
    health,
  };
}

module.exports = { observe };
