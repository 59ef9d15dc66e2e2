import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createEnvironment } from '../environment.mjs';
import {
  killAll,
  listDescendants,
  listProcesses,
  untilGone,
} from '../processes.mjs';
import { tryRun } from '../run.mjs';

/** The longest path that a socket may have on every system, less PM2's own file names. */
const MAX_HOME_LENGTH = 90;

/** How long PM2 and its services may go on once `pm2 kill` has said that they are ended, milliseconds. */
const END_MS = 5_000;

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
  /** The pm2 commands under way. */
  const commands = new Set();
  const call = async (...args) => {
    let command;
    try {
      return await tryRun(path.join(pm2, 'pm2'), args, {
        cwd: home,
        env: createEnvironment({
          path: [...toolchain.path, pm2],
          variables: { PM2_HOME: home },
        }),
        onStart: pid => {
          command = pid;
          commands.add(pid);
        },
        last: true,
      });
    } finally {
      commands.delete(command);
    }
  };
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
    /** Ends all services, and PM2 itself; at once where it does not do so when it is told. */
    async stop() {
      const daemon = findDaemon(home);
      if (daemon === undefined) {
        return;
      }
      const all = [daemon, ...listDescendants(daemon)];
      try {
        await call('kill');
      } finally {
        // Whatever the command says: what counts is that they are gone.
        if (!(await untilGone(all, { timeoutMs: END_MS }))) {
          killAll(all);
        }
      }
    },
    /** Ends PM2 and all services at once; before them the commands under way, since each would start PM2 anew where it is gone. */
    kill() {
      const processes = listProcesses();
      const daemon = findDaemon(home, processes);
      const first =
        daemon === undefined ? [...commands] : [...commands, daemon];
      killAll(first.flatMap(pid => [pid, ...listDescendants(pid, processes)]));
    },
  };
}

/** The process id of PM2's daemon, where it runs: any pm2 command would start it where it does not. */
function findDaemon(home, processes = listProcesses()) {
  const file = path.join(home, 'pm2.pid');
  const noted = existsSync(file) ? Number(readFileSync(file, 'utf8')) : NaN;
  // After the machine was started anew, the number may be that of another program.
  return processes.find(
    ({ pid, command }) => pid === noted && /pm2/i.test(command),
  )?.pid;
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
