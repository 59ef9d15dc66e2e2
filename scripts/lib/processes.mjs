import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** How often is looked whether processes are gone, milliseconds. */
const LOOK_MS = 50;

/**
 * A process of this machine.
 *
 * @typedef {object} Process
 * @property {number} pid
 * @property {number} parent
 * @property {string} command
 */

/**
 * Whether a process of this id is there.
 *
 * @param {number} pid
 */
export function isRunning(pid) {
  if (!Number.isInteger(pid) || pid <= 0) {
    return false;
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * The process that a file names; 0 where there is no such file.
 *
 * @param {string} file
 */
export async function readPid(file) {
  try {
    return Number(await readFile(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') {
      return 0;
    }
    throw error;
  }
}

/**
 * All processes of this machine, without those that have ended and that nobody asked after yet.
 *
 * @returns {Process[]}
 */
export function listProcesses() {
  return existsSync('/proc/self/stat') ? readProc() : askPs();
}

/**
 * What a process started, and what that started in turn, as far as those in between are still there.
 *
 * @param {number} pid
 * @param {readonly Process[]} [processes]
 * @returns {number[]}
 */
export function listDescendants(pid, processes = listProcesses()) {
  return processes
    .filter(({ parent }) => parent === pid)
    .flatMap(child => [child.pid, ...listDescendants(child.pid, processes)]);
}

/**
 * Ends processes at once, where they are still there.
 *
 * @param {Iterable<number>} pids
 */
export function killAll(pids) {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if (error.code !== 'ESRCH') {
        throw error;
      }
    }
  }
}

/**
 * Waits until processes are gone.
 *
 * @param {Iterable<number>} pids
 * @param {object} [options]
 * @param {number} [options.timeoutMs]
 * @returns {Promise<boolean>} whether they are
 */
export async function untilGone(pids, { timeoutMs = Infinity } = {}) {
  const awaited = new Set(pids);
  const deadline = Date.now() + timeoutMs;
  while (listProcesses().some(({ pid }) => awaited.has(pid))) {
    if (Date.now() > deadline) {
      return false;
    }
    await sleep(LOOK_MS);
  }
  return true;
}

function readProc() {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        // The name before it, in brackets, may hold anything.
        const [state, parent] = stat
          .slice(stat.lastIndexOf(')') + 2)
          .split(' ');
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8');
        return describeProcess(name, parent, state, command);
      } catch {
        // It ended meanwhile.
        return [];
      }
    });
}

function askPs() {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,command='], {
    encoding: 'utf8',
  })
    .split('\n')
    .flatMap(line => {
      const [, pid, parent, state, command] =
        /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
      return pid ? describeProcess(pid, parent, state, command) : [];
    });
}

/** @returns {Process[]} none where it has ended */
function describeProcess(pid, parent, state, command) {
  return state.startsWith('Z')
    ? []
    : [{ pid: Number(pid), parent: Number(parent), command }];
}
