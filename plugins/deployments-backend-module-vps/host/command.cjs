// @ts-check
const { join } = require('node:path');
const { Failure, explainSystemError } = require('./failure.cjs');
const { runProgram } = require('./processes.cjs');
const { beginCommand, loseCommand, noteCommand } = require('./records.cjs');
const { releasesOf } = require('./releases.cjs');

/** How long the end of a command may take that was told to end, milliseconds. */
const END_MS = 5_000;

/**
 * Runs a command of the manifest within a release and records its begin and its end under a key, so that
 * afterwards one can tell whether it ran. Once begun it goes to its end, also when whoever asked is gone: half a migration is worse than one that nobody watches.
 *
 * @param {{
 *   site: import('./types').Site,
 *   directory: string,
 *   argv: string[],
 *   env: Record<string, string>,
 *   key: string,
 *   timeoutMs: number,
 *   mend: string,
 * }} input
 * @param {import('./types').TaskContext} context
 */
async function runRecorded(
  { site: { base }, directory, argv, env, key, timeoutMs, mend },
  { log, marks },
) {
  /** @type {import('./types').CommandRecord} */
  const record = {
    state: 'begun',
    directory,
    until: Date.now() + timeoutMs + END_MS,
    watcher: process.pid,
    group: null,
  };
  if (!(await beginCommand(base, key, record))) {
    throw new Failure('errored', `${argv.join(' ')} began before.`, mend);
  }
  log('system', `$ ${argv.join(' ')}`);
  const timeout = AbortSignal.timeout(timeoutMs);
  /** @type {import('./types').CommandRecord['state']} */
  let state = 'failed';
  let noted = Promise.resolve();
  const { code, tail } = await runProgram(argv, {
    cwd: join(releasesOf(base), directory),
    env: { ...env, ...marks },
    log,
    signal: timeout,
    onStart: group => {
      noted = noteCommand(base, key, { ...record, group }).catch(complain);
    },
  })
    .then(result => {
      state = result.code === 0 ? 'succeeded' : 'failed';
      return result;
    })
    .finally(async () => {
      await noted;
      await noteCommand(base, key, { ...record, state }).catch(error => {
        complain(error);
        return loseCommand(base, key).catch(complain);
      });
    });
  if (timeout.aborted) {
    throw new Failure(
      'failed',
      `${argv.join(' ')} was stopped: it took longer than ${timeoutMs / 1000} s.\n${tail}`,
      mend,
    );
  }
  if (code !== 0) {
    throw new Failure(
      'failed',
      `${argv.join(' ')} ended with status ${code}:\n${tail}`,
      mend,
    );
  }

  /** A note that fails must end neither what runs nor what is known of it. @param {unknown} error */
  function complain(error) {
    log(
      'system',
      `How ${argv[0]} goes could not be written down on the host: ${explainSystemError(error).message}`,
    );
  }
}

module.exports = { runRecorded };
