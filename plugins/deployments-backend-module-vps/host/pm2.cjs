// @ts-check
const os = require('node:os');
const { join } = require('node:path');
const { NoDaemonError, askDaemon } = require('./daemon.cjs');
const { runProgram } = require('./processes.cjs');

/** How long PM2's daemon may take to answer, milliseconds. */
const ANSWER_TIMEOUT_MS = 5_000;

/**
 * The processes that PM2 keeps under a name. No daemon means no processes, and none is started for asking.
 *
 * @param {import('./types').Site} site
 * @returns {Promise<import('./types').Pm2Process[]>}
 */
async function listProcesses(site) {
  const all = await askDaemon(socketOf(site), {
    method: 'getMonitorData',
    argument: {},
    timeoutMs: ANSWER_TIMEOUT_MS,
  }).catch(error => {
    if (error instanceof NoDaemonError) {
      return [];
    }
    throw error;
  });
  return all
    .filter((/** @type {any} */ { name }) => name === site.processName)
    .map((/** @type {any} */ { pid, pm2_env: env, monit }) => ({
      id: env.pm_id,
      name: `${site.processName}-${env.pm_id}`,
      pid,
      outgoing: String(env.pm_id).startsWith('_old_'),
      status: env.status,
      release: env.SLIPWAY_RELEASE ?? env.env?.SLIPWAY_RELEASE ?? null,
      cwd: env.pm_cwd ?? null,
      port: Number(env.PORT ?? env.env?.PORT) || null,
      restarts: env.restart_time ?? 0,
      cpuPercent: monit?.cpu ?? null,
      memoryBytes: monit?.memory ?? null,
      createdAt: env.created_at ?? null,
      startedAt: env.pm_uptime ?? null,
      logs: [env.pm_out_log_path, env.pm_err_log_path].filter(Boolean),
    }));
}

/**
 * Lets PM2 start a process anew and then stop the one that was there, once the new one is ready.
 *
 * @param {import('./types').Site} site
 * @param {import('./types').Pm2Process} process
 * @param {{ env: Record<string, string>, listen_timeout: number, kill_timeout: number, wait_ready: boolean }} configuration what changes with it; the names are PM2's
 */
async function reloadProcess(site, { id }, configuration) {
  await askDaemon(socketOf(site), {
    method: 'reloadProcessId',
    argument: {
      id,
      env: {
        ...process.env,
        PM2_HOME: homeOf(site),
        ...configuration.env,
        current_conf: configuration,
      },
    },
    timeoutMs:
      configuration.listen_timeout +
      configuration.kill_timeout +
      ANSWER_TIMEOUT_MS,
  });
}

/**
 * Runs PM2's command line. Its exit status is logged and never relied on: it is 0 for a process that dies at once. It
 * prints a table of all that its user runs, which is nothing for this service's log: its own words are told apart by their mark.
 *
 * @param {import('./types').Site} site
 * @param {string[]} args
 * @param {Pick<import('./types').TaskContext, 'log' | 'signal'>} context
 */
async function runPm2(site, args, { log, signal }) {
  const { code, tail } = await runProgram(['pm2', ...args], {
    cwd: '/',
    env: { PM2_HOME: homeOf(site), PM2_DISABLE_VERSION_CHECK: 'true' },
    log() {},
    signal,
  });
  signal.throwIfAborted();
  if (code === 0) {
    const words = tail.split('\n').filter(line => line.includes('[PM2]'));
    log('stdout', `${words.join('\n')}\n`);
  } else {
    log('stderr', `${tail}\n`);
    log(
      'system',
      `pm2 ended with status ${code}; its processes tell what is true.`,
    );
  }
}

/** @param {import('./types').Site} site */
function socketOf(site) {
  return join(homeOf(site), 'rpc.sock');
}

/** @param {import('./types').Site} site */
function homeOf(site) {
  return site.pm2Home ?? process.env.PM2_HOME ?? join(os.homedir(), '.pm2');
}

module.exports = { listProcesses, reloadProcess, runPm2, homeOf };
