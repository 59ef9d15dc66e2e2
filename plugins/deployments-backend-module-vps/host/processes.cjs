// @ts-check
const { spawn } = require('node:child_process');
const { accessSync, constants } = require('node:fs');
const { join } = require('node:path');
const { Failure } = require('./failure.cjs');

/** How much of what a program printed is kept for an error. */
const TAIL_LINES = 50;
const TAIL_CHARACTERS = 64 * 1024;

/** How long the last output of a program that has ended may take, milliseconds: what is open afterwards is held by something that it left behind. */
const LAST_OUTPUT_MS = 1_000;

/** Where a line ends: also where a program that shows its progress writes it anew. What ends with `\r` may go on with `\n`. */
const LINE_END = /\r\n|\n|\r(?!$)/;

/**
 * The path of a program, as a shell would find it.
 *
 * @param {string} name
 * @returns {string | undefined}
 */
function findProgram(name) {
  return (process.env.PATH ?? '')
    .split(':')
    .filter(Boolean)
    .map(directory => join(directory, name))
    .find(file => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/**
 * Runs a program in a process group of its own and streams what it prints. What it leaves behind goes on, and is listened to no
 * more.
 *
 * @param {string[]} argv
 * @param {{
 *   cwd: string,
 *   env?: Record<string, string>,
 *   log: import('./types').TaskContext['log'],
 *   signal?: AbortSignal,
 *   onStart?: (group: number) => void,
 * }} options `env` is added to this process's own; `signal` kills the whole group
 * @returns {Promise<{ code: number | null, tail: string }>} `tail`: its last 50 lines
 */
function runProgram(argv, { cwd, env, log, signal, onStart }) {
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0], argv.slice(1), {
      cwd,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (child.pid !== undefined) {
      onStart?.(child.pid);
    }
    let tail = '';
    /** @param {'stdout' | 'stderr'} stream */
    const listen = stream =>
      child[stream].setEncoding('utf8').on('data', text => {
        tail = keepTail(tail + text);
        log(stream, text);
      });
    listen('stdout');
    listen('stderr');
    const stop = () => killGroup(child.pid, 'SIGKILL');
    signal?.addEventListener('abort', stop, { once: true });
    child.once('error', error => {
      signal?.removeEventListener('abort', stop);
      reject(
        'code' in error && error.code === 'ENOENT'
          ? new Failure(
              'errored',
              `The host has no ${argv[0]} in its PATH.`,
              `Install ${argv[0]} on the host, or name its directory in the connection's path.`,
            )
          : error,
      );
    });
    child.once('exit', () => {
      const timer = setTimeout(() => {
        log('system', `${argv[0]} has ended and left programs behind.`);
        child.stdout.destroy();
        child.stderr.destroy();
      }, LAST_OUTPUT_MS);
      child.once('close', () => clearTimeout(timer));
    });
    child.once('close', code => {
      signal?.removeEventListener('abort', stop);
      resolve({ code, tail: tail.trimEnd() });
    });
  });
}

/**
 * The last lines of a text, which is not long.
 *
 * @param {string} text
 */
function keepTail(text) {
  const lines = text.slice(-TAIL_CHARACTERS).split(LINE_END);
  if (text.length > TAIL_CHARACTERS && lines.length > 1) {
    lines.shift();
  }
  return lines.slice(-TAIL_LINES - 1).join('\n');
}

/**
 * @param {number | undefined} pid of the group's first process
 * @param {NodeJS.Signals} signal
 */
function killGroup(pid, signal) {
  if (pid === undefined) {
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // It is gone already.
  }
}

module.exports = { findProgram, runProgram, keepTail, killGroup };
