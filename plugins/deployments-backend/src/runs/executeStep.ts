import { ConflictError } from '@backstage/errors';
import { Release } from '@slipway/plugin-deployments-common';
import {
  Step,
  StepContext,
  StepErroredError,
  StepResult,
} from '@slipway/plugin-deployments-node';
import { RunRecord, StepRecord } from '../stores';
import { now } from '../stores/columns';
import { explainError, StepFailure } from './explainError';
import { StepLogWriter } from './log';
import { recordFailure, recordSuccess } from './recordStep';
import { writeProgress } from './RunContext';
import { createStepContext, defineSteps, RunWork } from './RunWork';
import { isInterruption, runWithin } from './runWithin';

const DEFAULT_ABORT_WAIT_MS = 10_000;

/** What is true once a step was given its chance. */
export type StepEnd =
  | { end: 'recorded' }
  /** Somebody cancelled the run before the step began. */
  | { end: 'cancelled' }
  /** The worker had to let go; the step is left `started`. */
  | { end: 'interrupted' };

type Attempt =
  { result: StepResult } | { failure: StepFailure } | { interrupted: true };

/** A step at work. */
type Begun = {
  run: RunRecord;
  release: Release;
  record: StepRecord;
  /** All steps of the run. */
  records: readonly StepRecord[];
  log: StepLogWriter;
};

/**
 * Carries one step out and records how it ended. That it was started is recorded before it acts; a step that is found
 * started was cut off in its middle, so the target is asked first what is true.
 */
export async function executeStep(
  work: RunWork,
  options: { record: StepRecord; records: readonly StepRecord[] },
): Promise<StepEnd> {
  const { record } = options;
  const beginning = await beginStep(work, record);
  if (beginning === 'cancelled') {
    return { end: 'cancelled' };
  }
  const log = createStepLog(work, beginning.run, record);
  const attempt = await attemptStep(work, { ...beginning, ...options, log });
  if ('interrupted' in attempt) {
    await log.close().catch(() => undefined);
    return { end: 'interrupted' };
  }
  if ('result' in attempt) {
    await log.close();
    try {
      await recordSuccess(work, record, attempt.result);
    } catch (error) {
      if (!(error instanceof ConflictError)) {
        throw error;
      }
      await endBadly(work, record, log, explain(work, record, error));
    }
  } else {
    await endBadly(work, record, log, attempt.failure);
  }
  return { end: 'recorded' };
}

async function endBadly(
  work: RunWork,
  record: StepRecord,
  log: StepLogWriter,
  failure: StepFailure,
): Promise<void> {
  const { problem, phase } = failure;
  log.info(`${record.title} ${phase}: ${problem.message}`);
  if (problem.mend) {
    log.info(problem.mend);
  }
  await log.close();
  await recordFailure(work, record, failure);
}

/** The log of a step of the claimed run. */
export function createStepLog(
  work: RunWork,
  run: RunRecord,
  record: StepRecord,
): StepLogWriter {
  const { changes, logger, telemetry } = work.context;
  return new StepLogWriter({
    claim: work.claim,
    step: record.index,
    masker: work.masker,
    logger,
    usedBytes: run.logBytes,
    onWritten: bytes => {
      telemetry?.noteLog(bytes);
      changes.publish({
        what: 'log',
        serviceRef: run.serviceRef,
        runId: run.id,
      });
    },
  });
}

/** Calls something of a step, and sees to it that it keeps within its time. */
export async function callStep<T>(
  work: RunWork,
  options: Begun & {
    step: Step;
    attempt: number;
    call: (context: StepContext) => Promise<T>;
  },
): Promise<T> {
  return runWithin({
    timeoutMs: options.step.timeoutMs,
    abortWaitMs: work.context.abortWaitMs ?? DEFAULT_ABORT_WAIT_MS,
    signal: work.claim.signal,
    work: async signal =>
      options.call(createStepContext(work, { ...options, signal })),
  });
}

async function beginStep(
  work: RunWork,
  record: StepRecord,
): Promise<'cancelled' | { run: RunRecord; release: Release }> {
  return writeProgress(work.context, work.claim, async ({ run, stores }) => {
    if (
      record.status === 'pending' &&
      record.stage === 'main' &&
      run.cancelRequestedBy
    ) {
      await stores.runs.update(run.id, {
        outcome: { phase: 'cancelled', by: run.cancelRequestedBy },
      });
      await stores.steps.skipPending(run.id);
      return 'cancelled';
    }
    if (record.status === 'pending') {
      await stores.steps.update(record, {
        status: 'started',
        attempt: 1,
        startedAt: now(),
      });
    }
    return { run, release: await stores.releases.require(run.releaseId) };
  });
}

async function attemptStep(work: RunWork, begun: Begun): Promise<Attempt> {
  const { record, run } = begun;
  try {
    // What people agreed to is bound to the manifest; the way back has to go on with the one that there is.
    if (record.stage === 'main' && work.isManifestChanged) {
      throw new StepErroredError(
        'The manifest changed while this run was under way, and nobody has agreed to what it says now',
        'Plan again with the manifest as it is now.',
      );
    }
    const step = defineSteps(work, run, record.stage).find(
      ({ id }) => id === record.id,
    );
    if (!step) {
      throw new Error(
        `This version of the portal has no step ${record.id} for this target`,
      );
    }
    const result =
      record.status === 'pending'
        ? await callStep(work, {
            ...begun,
            step,
            attempt: 1,
            call: context => step.run(context),
          })
        : await reconcileStep(work, begun, step);
    return { result: checkResult(work, result) };
  } catch (error) {
    return isInterruption(error)
      ? { interrupted: true }
      : { failure: explain(work, record, error) };
  }
}

/** Finds out what became of a step that was cut off, and does it again where that is safe. */
async function reconcileStep(
  work: RunWork,
  begun: Begun,
  step: Step,
): Promise<StepResult> {
  const { record, log } = begun;
  log.info(
    'The portal was stopped in the middle of this step. Asking the target what is true.',
  );
  const reconciled = await callStep(work, {
    ...begun,
    step,
    attempt: record.attempt,
    call: context => step.reconcile(context),
  });
  switch (reconciled.outcome) {
    case 'done':
      log.info('The step was done already.');
      return reconciled.result;
    case 'redo': {
      log.info('The step can safely be done again.');
      const attempt = record.attempt + 1;
      await writeProgress(work.context, work.claim, ({ stores }) =>
        stores.steps.update(record, { attempt }),
      );
      return callStep(work, {
        ...begun,
        step,
        attempt,
        call: context => step.run(context),
      });
    }
    case 'unknown':
      throw new Error(
        `The portal was stopped in the middle of this step, and what became of it cannot be told: ${reconciled.message}`,
      );
    default:
      return reconciled satisfies never;
  }
}

/** Secrets are never stored in our tables: a target that returns one is at fault. */
function checkResult(work: RunWork, result: StepResult): StepResult {
  if (result.output && work.masker.reveals(JSON.stringify(result.output))) {
    throw new Error('The step returned a secret, which must not be kept');
  }
  return result;
}

function explain(
  work: RunWork,
  record: StepRecord,
  error: unknown,
): StepFailure {
  const { logger } = work.context;
  const failure = explainError({
    error,
    step: record.id,
    masker: work.masker,
  });
  logger.warn(`${record.title} ${failure.phase}`, {
    runId: record.runId,
    step: record.id,
    stack: work.masker.mask(
      error instanceof Error ? (error.stack ?? '') : String(error),
    ),
  });
  return failure;
}
