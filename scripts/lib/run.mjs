import { spawn } from 'node:child_process';
import { interruption } from './interruption.mjs';
import { Stop } from './Stop.mjs';

/** How many lines of a failed program's output are shown. */
const TAIL_LINES = 40;

/**
 * Runs a program to its end and returns what it printed on stdout. Its last lines are part of the
 * error where it fails. An interruption ends it, and all that it started.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {object} [options]
 * @param {string} [options.cwd]
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {string} [options.mend] what to do when it fails
 * @param {(line: string) => void} [options.onLine] is given each line as it comes
 * @param {(pid: number) => void} [options.onStart] is given its process id
 * @param {boolean} [options.last] whether it is part of cleaning up, and runs to its end also after an interruption
 * @returns {Promise<string>}
 */
export async function run(program, args, options = {}) {
  const { code, stdout, tail } = await tryRun(program, args, options);
  if (code !== 0) {
    throw new Stop(
      `${[program, ...args].join(' ')} ended with ${code}:\n\n${tail}`,
      options.mend,
    );
  }
  return stdout;
}

/**
 * As {@link run}, for programs whose failure is an answer too.
 *
 * @returns {Promise<{ code: number | string, stdout: string, tail: string }>}
 */
export function tryRun(program, args, options = {}) {
  const signal = options.last ? undefined : interruption;
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    if (child.pid !== undefined) {
      options.onStart?.(child.pid);
    }
    let stdout = '';
    /** @type {string[]} */
    let lines = [];
    let rest = '';
    const take = text => {
      const parts = (rest + text).split(/\r?\n|\r/);
      rest = parts.pop() ?? '';
      parts.forEach(line => options.onLine?.(line));
      lines = [...lines, ...parts].slice(-TAIL_LINES);
    };
    const stop = () => killGroup(child.pid, 'SIGTERM');
    signal?.addEventListener('abort', stop);
    child.stdout.setEncoding('utf8').on('data', text => {
      stdout += text;
      take(text);
    });
    child.stderr.setEncoding('utf8').on('data', take);
    child.once('error', error => {
      signal?.removeEventListener('abort', stop);
      reject(new Stop(`${program} could not be started: ${error.message}`));
    });
    child.once('close', (code, killedBy) => {
      signal?.removeEventListener('abort', stop);
      if (rest) {
        take('\n');
      }
      const tail = lines.join('\n').trim();
      if (signal?.aborted) {
        reject(signal.reason);
      } else {
        resolve({ code: code ?? killedBy ?? 'no status', stdout, tail });
      }
    });
  });
}

/**
 * Signals a process and all that it started, where they are still there.
 *
 * @param {number | undefined} pid of a process that leads a group
 * @param {NodeJS.Signals} signal
 */
export function killGroup(pid, signal) {
  if (pid === undefined) {
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') {
      throw error;
    }
  }
}
