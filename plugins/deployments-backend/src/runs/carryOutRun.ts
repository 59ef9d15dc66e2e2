import { stringifyError } from '@backstage/errors';
import { ObservedState } from '@slipway/plugin-deployments-common';
import { Claim } from '../engine';
import { createStores, RunOutcome, RunRecord, StepRecord } from '../stores';
import { now } from '../stores/columns';
import { asSentence } from './asSentence';
import { describeObserved } from './describeObserved';
import { endRun } from './endRun';
import { executeStep } from './executeStep';
import { hasSwitched } from './hasSwitched';
import { moveOn, Position, readFacts } from './moveOn';
import { passAtOnce } from './passAtOnce';
import { RunContext, writeProgress } from './RunContext';
import { prepareWork, readAgreed, RunWork } from './RunWork';
import { undoSteps } from './undoSteps';

/**
 * Carries a running run out, from wherever it is: its steps, then, if one of them did not succeed, the undoing or the way back.
 *
 * @returns whether the run ended; if not, the worker has to let go of it.
 */
export async function carryOutRun(
  context: RunContext,
  claim: Claim,
  running: RunRecord,
): Promise<boolean> {
  const work = await prepare(context, claim, running);
  if (!work) {
    return true;
  }
  let position = await enter(work, running);
  while (position.at === 'step') {
    position = await executeStep(work, position);
  }
  return position.at === 'end' && settle(work, position.run, position.records);
}

/** Finds where the run stands. */
async function enter(work: RunWork, run: RunRecord): Promise<Position> {
  const { claim, context } = work;
  if (!claim.canWriteAtOnce) {
    return moveOn(work);
  }
  const stores = createStores(context.knex);
  return passAtOnce(work, await readFacts({ run, stores }));
}

/** Where what the run needs cannot be had for a long time, the run ends: nobody can tell what is true on the target. */
async function prepare(
  context: RunContext,
  claim: Claim,
  running: RunRecord,
): Promise<RunWork | undefined> {
  const agreed = await readAgreed(context, running);
  try {
    return await prepareWork(context, claim, { run: running, ...agreed });
  } catch (error) {
    claim.signal.throwIfAborted();
    const message = `The environment could not be read, so the run could not go on: ${stringifyError(error)}`;
    const problem = {
      message,
      mend: 'Check what runs before you deploy again.',
    };
    await writeProgress(context, claim, async ({ run, stores, trx }) => {
      for (const step of await stores.steps.list([run.id])) {
        if (step.status === 'started') {
          await stores.steps.update(step, {
            status: 'errored',
            finishedAt: now(),
            problem,
          });
        }
      }
      await endRun({
        trx,
        engine: context.engine,
        run,
        outcome: { phase: 'errored', problem },
      });
    });
    return undefined;
  }
}

/** All steps had their turn: undoes what has to be undone, looks at what runs, and ends the run. */
async function settle(
  work: RunWork,
  run: RunRecord,
  records: readonly StepRecord[],
): Promise<boolean> {
  const switched = hasSwitched(records);
  if (run.outcome && !switched && !(await undoSteps(work, { run, records }))) {
    return false;
  }
  const { context, claim, environment } = work;
  const observed = await context.observer.observe(environment, {
    signal: claim.signal,
  });
  claim.signal.throwIfAborted();
  await writeProgress(context, claim, async ({ run: current, stores, trx }) => {
    const outcome: RunOutcome = current.outcome ?? { phase: 'succeeded' };
    const recovered = hasRecovered(records);
    if (switched && recovered) {
      await stores.runs.update(current.id, {
        rolledBackTo: current.fromReleaseId,
      });
    }
    await endRun({
      trx,
      engine: context.engine,
      run: current,
      outcome:
        current.outcome && switched && !recovered
          ? describeAftermath(outcome, environment.name, observed)
          : outcome,
    });
  });
  return true;
}

/** Whether the way back was gone to its end. */
function hasRecovered(records: readonly StepRecord[]): boolean {
  const wayBack = records.filter(({ stage }) => stage === 'recover');
  return (
    wayBack.length > 0 && wayBack.every(({ status }) => status === 'succeeded')
  );
}

/** Says what runs now that neither the new release was verified nor the previous one is back. */
function describeAftermath(
  outcome: RunOutcome,
  environment: string,
  observed: ObservedState,
): RunOutcome {
  if (outcome.phase !== 'failed' && outcome.phase !== 'errored') {
    return outcome;
  }
  const { problem } = outcome;
  return {
    phase: 'errored',
    problem: {
      ...problem,
      message: `${asSentence(problem.message)} ${describeObserved(environment, observed)}`,
      mend:
        problem.mend ??
        'Check what users get, then roll back or deploy a release that works.',
    },
  };
}
