// @ts-check
const { rm } = require('node:fs/promises');
const { join } = require('node:path');
const { pause } = require('./health.cjs');
const { START_FILE } = require('./start.cjs');
const { listProcesses, reloadProcess, runPm2 } = require('./pm2.cjs');
const { writeWhole } = require('./releases.cjs');

/** How long a reload that somebody else left behind may go on, milliseconds. */
const SETTLE_TIMEOUT_MS = 60_000;

/** How often PM2 looks whether a process that was told to stop is gone, milliseconds. */
const STOPPED_POLL_MS = 25;

/** How many processes are replaced at once: for as long as that takes, each is there twice. */
const AT_ONCE = 2;

/**
 * Lets PM2 replace the processes with those of `current`, each new one ready before its old one goes. What PM2 says of it is
 * logged and not believed; the verification that follows asks the processes themselves.
 *
 * @param {{ site: import('./types').Site, env: Record<string, string> }} input
 * @param {import('./types').TaskContext} context
 */
async function reload({ site, env }, { log, signal }) {
  const app = createApp(site, env);
  const file = join(site.base, '.slipway', 'ecosystem.json');
  await writeWhole(file, JSON.stringify({ apps: [app] }, null, 2));
  await waitUntilSettled(site, signal);
  const present = await listProcesses(site);
  const isReloaded =
    present.length > 0 &&
    (await reloadAll(site, present, app, { log, signal }));
  signal.throwIfAborted();
  if (!isReloaded) {
    log('system', '$ pm2 startOrReload ecosystem.json --update-env');
    await runPm2(site, ['startOrReload', file, '--update-env'], {
      log,
      signal,
    });
  }
  const running = (await listProcesses(site)).filter(
    ({ outgoing }) => !outgoing,
  );
  if (running.length > 0 && running.length !== site.instances) {
    log('system', `$ pm2 scale ${site.processName} ${site.instances}`);
    await runPm2(site, ['scale', site.processName, String(site.instances)], {
      log,
      signal,
    });
  }
}

/**
 * Asks PM2's daemon itself for the reload, which spares the start of its command line.
 *
 * @param {import('./types').Site} site
 * @param {import('./types').Pm2Process[]} present
 * @param {ReturnType<typeof createApp>} app
 * @param {Pick<import('./types').TaskContext, 'log' | 'signal'>} context
 * @returns {Promise<boolean>} whether the daemon said yes to all of it
 */
async function reloadAll(site, present, app, { log, signal }) {
  const { exec_mode: _, ...configuration } = app;
  const left = [...present];
  log('system', `Reloading ${present.map(({ name }) => name).join(', ')}.`);
  const reloadNext = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      signal.throwIfAborted();
      await reloadProcess(site, next, configuration);
      log('system', `Reloaded ${next.name}.`);
    }
  };
  const reloads = await Promise.allSettled(
    Array.from({ length: AT_ONCE }, reloadNext),
  );
  const refused = reloads.find(({ status }) => status === 'rejected');
  if (refused?.status === 'rejected') {
    log('system', refused.reason.message);
  }
  return refused === undefined;
}

/**
 * Takes away what a first deployment had begun to serve: afterwards nothing runs, as before.
 *
 * @param {{ site: import('./types').Site }} input
 * @param {import('./types').TaskContext} context
 */
async function withdraw({ site }, { log, signal }) {
  if ((await listProcesses(site)).length > 0) {
    await runPm2(site, ['delete', site.processName], { log, signal });
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
function createApp(site, env) {
  return {
    name: site.processName,
    cwd: join(site.base, 'current'),
    script: START_FILE,
    interpreter: 'node',
    instances: site.instances,
    exec_mode: 'cluster',
    wait_ready: site.waitReady,
    listen_timeout: site.health.timeout,
    kill_timeout: site.stopTimeoutMs,
    kill_retry_time: STOPPED_POLL_MS,
    env: { ...env, PORT: String(site.port) },
  };
}

/**
 * PM2 refuses a reload of a process whose last one is not over.
 *
 * @param {import('./types').Site} site
 * @param {AbortSignal} signal
 */
async function waitUntilSettled(site, signal) {
  const deadline = Date.now() + SETTLE_TIMEOUT_MS;
  while (
    (await listProcesses(site)).some(({ outgoing }) => outgoing) &&
    Date.now() < deadline
  ) {
    signal.throwIfAborted();
    await pause();
  }
}

module.exports = { reload, withdraw };
