// @ts-check
/**
 * Carries out tasks, as many at a time as are asked for. A line of JSON on standard input is a task with the number of its
 * call, or has a call aborted; lines on standard output tell of a call how it goes: `log` meanwhile, then one `result` or
 * `failure`. When standard input ends, whoever asked is gone: all is aborted, and this ends once that has come to rest.
 */
const { createInterface } = require('node:readline');
const { Failure, explainSystemError } = require('./failure.cjs');
const { restoreServed } = require('./served.cjs');

/** @type {Record<string, () => (input: any, context: import('./types').TaskContext) => Promise<unknown>>} */
const TASKS = {
  prepare: () => require('./prepare.cjs').prepare,
  install: () => require('./install.cjs').install,
  candidate: () => require('./candidate.cjs').checkCandidate,
  command: () => require('./command.cjs').runRecorded,
  recall: () => require('./records.cjs').recall,
  switch: () => require('./switch.cjs').switchRelease,
  reload: () => require('./reload.cjs').reload,
  withdraw: () => require('./reload.cjs').withdraw,
  verify: () => require('./verify.cjs').verify,
  compare: () => require('./compare.cjs').compareConfiguration,
  observe: () => require('./observe.cjs').observe,
  discard: () => require('./tidy.cjs').discard,
  prune: () => require('./tidy.cjs').prune,
};

function main() {
  /** @type {Map<number, { task: string, aborter: AbortController, settled: Promise<void> }>} */
  const calls = new Map();
  process.on('uncaughtException', abandon);
  // Any program started from here must not keep a release's directory busy.
  process.chdir('/');
  process.stdout.on('error', abortAll);
  createInterface({ input: process.stdin })
    .on('line', line => {
      const { id, abort, ...call } = parse(line);
      if (id === undefined || abort) {
        calls.get(id)?.aborter.abort();
        return;
      }
      const aborter = new AbortController();
      const settled = carryOut(call, {
        signal: aborter.signal,
        say: event => tell(id, event),
      }).finally(() => calls.delete(id));
      calls.set(id, { task: call.task, aborter, settled });
    })
    .once('close', async () => {
      abortAll();
      await Promise.all([...calls.values()].map(({ settled }) => settled));
      process.stdout.end(() => process.exit(0));
    });

  function abortAll() {
    calls.forEach(({ aborter }) => aborter.abort());
  }

  /**
   * An error that nobody catches may be of any call: all fail but commands, which go to their end. To end this program would be
   * the end of those.
   *
   * @param {unknown} error
   */
  function abandon(error) {
    const { kind, message } = explainSystemError(error);
    calls.forEach(({ task, aborter }, id) => {
      if (task !== 'command') {
        tell(id, { type: 'failure', kind, message });
        aborter.abort();
      }
    });
  }
}

/** @param {number} id @param {object} event */
function tell(id, event) {
  process.stdout.write(`${JSON.stringify({ id, ...event })}\n`);
}

/**
 * A line that was cut off in the middle says nothing.
 *
 * @param {string} line
 * @returns {any}
 */
function parse(line) {
  try {
    return Object(JSON.parse(line));
  } catch {
    return {};
  }
}

/**
 * @param {{ task: string, runId?: string, input: { site: import('./types').Site, restore?: string | null } }} call
 * @param {{ signal: AbortSignal, say(event: object): void }} context
 */
async function carryOut({ task, runId, input }, { signal, say }) {
  try {
    const value = await TASKS[task]()(await restoreServed(input), {
      signal,
      log: (stream, text) => say({ type: 'log', stream, text }),
      marks: runId === undefined ? {} : { SLIPWAY_RUN_ID: runId },
    });
    say({ type: 'result', value: value ?? null });
  } catch (error) {
    const { kind, message, mend } =
      error instanceof Failure ? error : explainSystemError(error);
    say({ type: 'failure', kind, message, mend });
  }
}

module.exports = { main };
