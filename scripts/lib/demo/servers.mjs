import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createEnvironment } from '../environment.mjs';
import { isRunning } from '../processes.mjs';
import { tryRun } from '../run.mjs';

/** The longest path that a socket may have on every system, less PM2's own file names. */
const MAX_HOME_LENGTH = 90;

/**
 * The "servers" of the demo: a PM2 of its own that keeps the deployed services running.
 *
 * @param {object} options
 * @param {string} options.state the demo's folder
 * @param {{ path: string[] }} options.toolchain
 * @param {string} options.pm2 folder of the `pm2` program
 */
export function createServers({ state, toolchain, pm2 }) {
  const home = choosePm2Home(state);
  const folder = path.join(state, 'servers');
  const call = (...args) =>
    tryRun(path.join(pm2, 'pm2'), args, {
      cwd: home,
      env: createEnvironment({
        path: [...toolchain.path, pm2],
        variables: { PM2_HOME: home },
      }),
      last: true,
    });
  return {
    /** For the portal's configuration. */
    variables: { SLIPWAY_PM2: pm2, SLIPWAY_PM2_HOME: home },
    /** Starts PM2 and whatever `current` leads to on each server: all that ran when the demo was last ended. */
    async start() {
      await mkdir(home, { recursive: true, mode: 0o700 });
      await mkdir(folder, { recursive: true });
      await call('ping');
      const deployed = (await readdir(folder))
        .filter(name => existsSync(path.join(folder, name, 'current')))
        .map(name => path.join(folder, name, '.slipway', 'ecosystem.json'));
      for (const file of deployed) {
        await call('start', file);
      }
      return deployed.length > 0 ? `${deployed.length} running` : '';
    },
    /** Ends all services, and PM2 itself. */
    async stop() {
      if (findDaemon(home) !== undefined) {
        await call('kill');
      }
    },
    /** Ends PM2 at once; the processes of its cluster end when it is gone. */
    kill() {
      const daemon = findDaemon(home);
      if (daemon !== undefined) {
        process.kill(daemon, 'SIGKILL');
      }
    },
  };
}

/** The process id of PM2's daemon, where it runs: any pm2 command would start it where it does not. */
function findDaemon(home) {
  const file = path.join(home, 'pm2.pid');
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : NaN;
  return isRunning(pid) ? pid : undefined;
}

/** PM2 talks over sockets in its home, whose paths can't be long: then it is a folder of the system's temporary one. */
function choosePm2Home(state) {
  const home = path.join(state, 'pm2');
  if (home.length <= MAX_HOME_LENGTH) {
    return home;
  }
  const name = createHash('sha256').update(state).digest('hex').slice(0, 12);
  return path.join(os.tmpdir(), `slipway-pm2-${name}`);
}
