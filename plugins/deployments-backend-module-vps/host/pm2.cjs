// @ts-check
const net = require('node:net');
const os = require('node:os');
const { join } = require('node:path');
const { runProgram } = require('./processes.cjs');

/** How long PM2's daemon may take to answer, milliseconds. */
const ANSWER_TIMEOUT_MS = 5_000;

/**
 * The processes that PM2 keeps under a name. Its daemon is asked over its socket, which takes milliseconds
 * where starting the command line takes half a second; no daemon means no processes, and none is started for asking.
 *
 * @param {import('./types').Site} site
 * @returns {Promise<import('./types').Pm2Process[]>}
 */
async function listProcesses(site) {
  const all = await askDaemon(join(homeOf(site), 'rpc.sock'), 'getMonitorData');
  return all
    .filter((/** @type {any} */ { name }) => name === site.processName)
    .map((/** @type {any} */ { pid, pm2_env: env, monit }) => ({
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
      startedAt: env.pm_uptime ?? null,
      logs: [env.pm_out_log_path, env.pm_err_log_path].filter(Boolean),
    }));
}

/**
 * Runs PM2's command line. Its exit status is logged and never relied on: it is 0 for a process that dies at once. It
 * prints a table of all that its user runs, which is nothing for this service's log: its own words are told apart by their mark.
 *
 * @param {import('./types').Site} site
 * @param {string[]} args
 * @param {Pick<import('./types').TaskContext, 'log'>} context
 */
async function runPm2(site, args, { log }) {
  const { code, tail } = await runProgram(['pm2', ...args], {
    cwd: '/',
    env: { PM2_HOME: homeOf(site), PM2_DISABLE_VERSION_CHECK: 'true' },
    log() {},
  });
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
function homeOf(site) {
  return site.pm2Home ?? process.env.PM2_HOME ?? join(os.homedir(), '.pm2');
}

/**
 * One call to PM2's daemon. A message is a byte of version and count, then each part with its length; parts are
 * `j:` and JSON, or `s:` and text; the last is an id that comes back with the answer.
 *
 * @param {string} socketPath
 * @param {string} method
 * @returns {Promise<any>}
 */
function askDaemon(socketPath, method) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(socketPath);
    /** @type {Buffer[]} */
    const received = [];
    socket.setTimeout(ANSWER_TIMEOUT_MS, () =>
      socket.destroy(new Error('PM2 does not answer')),
    );
    socket.once('connect', () =>
      socket.write(
        encode([
          `j:${JSON.stringify({ type: 'call', method, args: [{}] })}`,
          's:slipway:0',
        ]),
      ),
    );
    socket.on('data', chunk => {
      received.push(chunk);
      const parts = decode(Buffer.concat(received));
      if (parts) {
        socket.destroy();
        const answer = JSON.parse(parts[0].slice(2));
        if (answer.error) {
          reject(new Error(`PM2: ${answer.error}`));
        } else {
          resolve(answer.args[0]);
        }
      }
    });
    socket.once('error', (/** @type {any} */ error) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') {
        resolve([]);
      } else {
        reject(error);
      }
    });
  });
}

/** @param {string[]} parts */
function encode(parts) {
  const encoded = parts.map(part => {
    const bytes = Buffer.from(part);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  });
  return Buffer.concat([Buffer.from([0x10 | parts.length]), ...encoded]);
}

/**
 * @param {Buffer} bytes
 * @returns {string[] | undefined} undefined as long as some are missing
 */
function decode(bytes) {
  const parts = [];
  let offset = 1;
  for (let left = bytes[0] & 0x0f; left > 0; left--) {
    if (bytes.length < offset + 4) {
      return undefined;
    }
    const end = offset + 4 + bytes.readUInt32BE(offset);
    if (bytes.length < end) {
      return undefined;
    }
    parts.push(bytes.toString('utf8', offset + 4, end));
    offset = end;
  }
  return parts;
}

module.exports = { listProcesses, runPm2, homeOf };
