// @ts-check
const { askHealth } = require('./health.cjs');
const { listProcesses } = require('./pm2.cjs');
const { listReleases, readCurrent } = require('./releases.cjs');
const { countDeaths, readServed } = require('./served.cjs');

/**
 * What is true on this host now: where `current` leads, what is kept, what PM2 runs, what the application answers. A
 * release that serves is asked in the way in which it was seen to serve.
 *
 * @param {{ site: import('./types').Site }} input
 * @param {import('./types').TaskContext} context
 */
async function observe({ site }, { signal }) {
  const current = await readCurrent(site.base);
  const served = await readServed(site.base, current);
  const { port, health: check, instances } = { ...site, ...served?.site };
  const [releases, processes, health] = await Promise.all([
    listReleases(site.base),
    listProcesses(site),
    askHealth(port, check, signal),
  ]);
  return {
    port,
    instances,
    current,
    releases,
    processes: processes.map(process => ({
      ...process,
      deaths: countDeaths(served, process),
      ageMs: process.startedAt && Date.now() - process.startedAt,
    })),
    health,
  };
}

module.exports = { observe };
