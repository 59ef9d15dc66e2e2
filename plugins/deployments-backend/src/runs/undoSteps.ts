import { RunProblem } from '@slipway/plugin-deployments-common';
import { createStores, RunOutcome, RunRecord, StepRecord } from '../stores';
import { asSentence } from './asSentence';
import { callStep, createStepLog } from './executeStep';
import { explainError } from './explainError';
import { writeProgress } from './RunContext';
import { defineSteps, RunWork } from './RunWork';
import { isInterruption } from './runWithin';

/**
 * Takes back what the steps of a run prepared, the last one first. What could not be taken back does not keep the rest
 * from it, but the run ends errored.
 *
 * @returns whether that was brought to its end; if not, the worker has to let go.
 */
export async function undoSteps(
  work: RunWork,
  options: { run: RunRecord; records: readonly StepRecord[] },
): Promise<boolean> {
  const touched = options.records.filter(
    ({ stage, status }) =>
      stage === 'main' &&
      (status === 'succeeded' || status === 'failed' || status === 'errored'),
  );
  for (const record of touched.reverse()) {
    if (
      work.claim.draining ||
      !(await undoStep(work, { ...options, record }))
    ) {
      return false;
    }
  }
  return true;
}

async function undoStep(
  work: RunWork,
  options: {
    run: RunRecord;
    record: StepRecord;
    records: readonly StepRecord[];
  },
): Promise<boolean> {
  const { record, records } = options;
  const step = defineSteps(work, options.run, record.stage).find(
    ({ id }) => id === record.id,
  );
  if (!step?.undo) {
    return true;
  }
  const { run, release } = await work.claim.tx(async trx => {
    const stores = createStores(trx);
    const current = await stores.runs.require(work.claim.runId);
    return {
      run: current,
      release: await stores.releases.require(current.releaseId),
    };
  });
  const log = createStepLog(work, run, record);
  log.info(`Taking back: ${record.title}`);
  try {
    await callStep(work, {
      run,
      release,
      record,
      records,
      log,
      step,
      attempt: record.attempt,
      call: async context => step.undo?.(context),
    });
  } catch (error) {
    if (isInterruption(error)) {
      await log.close().catch(() => undefined);
      return false;
    }
    const { problem } = explainError({
      error,
      step: record.id,
      masker: work.masker,
    });
    const message = `“${record.title}” could not be taken back: ${problem.message}`;
    log.info(message);
    await log.close();
    await writeProgress(work.context, work.claim, ({ run: current, stores }) =>
      stores.runs.update(current.id, {
        outcome: blameUndo(current.outcome, { ...problem, message }),
      }),
    );
    return true;
  }
  await log.close();
  if (record.status === 'succeeded') {
    await writeProgress(work.context, work.claim, ({ stores }) =>
      stores.steps.update(record, { status: 'undone' }),
    );
  }
  return true;
}

/** The run ends errored; what made it turn back stays the first thing that it says. */
function blameUndo(
  outcome: RunOutcome | null,
  problem: RunProblem,
): RunOutcome {
  const cause =
    outcome?.phase === 'failed' || outcome?.phase === 'errored'
      ? outcome.problem
      : null;
  return {
    phase: 'errored',
    problem: cause
      ? { ...cause, message: `${asSentence(cause.message)} ${problem.message}` }
      : problem,
  };
}
