// @ts-check
const { rm } = require('node:fs/promises');
const { join } = require('node:path');
const { pause } = require('./health.cjs');
const { START_FILE } = require('./start.cjs');
const { listProcesses, runPm2 } = require('./pm2.cjs');
const { writeWhole } = require('./releases.cjs');

/** How long a reload that somebody else left behind may go on, milliseconds. */
const SETTLE_TIMEOUT_MS = 60_000;

/**
 * Lets PM2 replace the processes one by one with those of `current`. What PM2 says of it is logged and not
 * believed; the verification that follows asks the processes themselves.
 *
 * @param {{ site: import('./types').Site, env: Record<string, string> }} input
 * @param {import('./types').TaskContext} context
 */
async function reload({ site, env }, { log }) {
  const file = join(site.base, '.slipway', 'ecosystem.json');
  await writeWhole(file, JSON.stringify(createEcosystem(site, env), null, 2));
  await waitUntilSettled(site);
  log('system', '$ pm2 startOrReload ecosystem.json --update-env');
  await runPm2(site, ['startOrReload', file, '--update-env'], { log });
  const running = (await listProcesses(site)).filter(
    ({ outgoing }) => !outgoing,
  );
  if (running.length > 0 && running.length !== site.instances) {
    log('system', `$ pm2 scale ${site.processName} ${site.instances}`);
    await runPm2(site, ['scale', site.processName, String(site.instances)], {
      log,
    });
  }
}

/**
 * Takes away what a first deployment had begun to serve: afterwards nothing runs, as before.
 *
 * @param {{ site: import('./types').Site }} input
 * @param {import('./types').TaskContext} context
 */
async function withdraw({ site }, { log }) {
  if ((await listProcesses(site)).length > 0) {
    await runPm2(site, ['delete', site.processName], { log });
  }
  await rm(join(site.base, 'current'), { force: true });
  log('system', 'Nothing serves, as before.');
}

/**
 * What PM2 is to run. `cwd` is the link itself and not where it leads, so that each new process follows it anew. A reload keeps
 * the script with which PM2 began, so that is the same for all releases, and starts the one of the release.
 *
 * @param {import('./types').Site} site
 * @param {Record<string, string>} env
 */
function createEcosystem(site, env) {
  return {
    apps: [
      {
        name: site.processName,
        cwd: join(site.base, 'current'),
        script: START_FILE,
        interpreter: 'node',
        instances: site.instances,
        exec_mode: 'cluster',
        wait_ready: site.waitReady,
        listen_timeout: site.health.timeout,
        kill_timeout: site.stopTimeoutMs,
        env: { ...env, PORT: String(site.port) },
      },
    ],
  };
}

/**
 * PM2 refuses a reload of a process whose last one is not over.
 *
 * @param {import('./types').Site} site
 */
async function waitUntilSettled(site) {
  const deadline = Date.now() + SETTLE_TIMEOUT_MS;
  while (
    (await listProcesses(site)).some(({ outgoing }) => outgoing) &&
    Date.now() < deadline
  ) {
    await pause();
  }
}

module.exports = { reload, withdraw };
