// @ts-check
/**
 * Carries out one task and tells how it went, as lines of JSON on standard output: `log` while it goes on, then one
 * `result` or `failure`. When standard input ends, whoever asked is gone, and the task is aborted.
 */
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

/** @param {object} event */
function say(event) {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

/** @param {{ task: string, input: { site: import('./types').Site, restore?: string | null } }} call */
async function main({ task, input }) {
  const abandoned = new AbortController();
  process.stdin.once('end', () => abandoned.abort());
  process.stdout.on('error', () => abandoned.abort());
  // Any program started from here must not keep a release's directory busy.
  process.chdir('/');
  try {
    const value = await TASKS[task]()(await restoreServed(input), {
      signal: abandoned.signal,
      log: (stream, text) => say({ type: 'log', stream, text }),
    });
    say({ type: 'result', value: value ?? null });
  } catch (error) {
    const { kind, message, mend } =
      error instanceof Failure ? error : explainSystemError(error);
    say({ type: 'failure', kind, message, mend });
  }
  process.stdout.end(() => process.exit(0));
}

module.exports = { main };
