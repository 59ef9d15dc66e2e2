import { ConflictError } from '@backstage/errors';
import {
  Step,
  StepContext,
  StepErroredError,
  StepResult,
} from '@slipway/plugin-deployments-node';
import { RunRecord, StepRecord } from '../stores';
import { explainError, StepFailure } from './explainError';
import { StepLogWriter } from './log';
import { BegunStep, Position } from './moveOn';
import { recordFailure, recordSuccess } from './recordStep';
import { writeProgress } from './RunContext';
import { createStepContext, defineSteps, RunWork } from './RunWork';
import { isInterruption, runWithin } from './runWithin';

const DEFAULT_ABORT_WAIT_MS = 10_000;

type Attempt =
  { result: StepResult } | { failure: StepFailure } | { interrupted: true };

/** The database did not take what had to be written before a step: that says nothing about the step, which is tried again later. */
class NotRecordedError extends Error {}

/** A step at work. */
type AtWork = Pick<BegunStep, 'run' | 'release' | 'record' | 'records'> & {
  log: StepLogWriter;
};

/**
 * Carries out a step that was recorded as started, records how it ended, and tells where the run stands then. A step that was cut
 * off in its middle is not simply done again: the target is asked first what is true.
 */
export async function executeStep(
  work: RunWork,
  step: BegunStep,
): Promise<Position> {
  const log = createStepLog(work, step.run, step.record);
  const attempt = await attemptStep(work, { ...step, log });
  if ('interrupted' in attempt) {
    await log.close().catch(() => undefined);
    return { at: 'break' };
  }
  if ('failure' in attempt) {
    return endBadly(work, { ...step, log }, attempt.failure);
  }
  await log.close();
  try {
    return await recordSuccess(work, step, attempt.result);
  } catch (error) {
    if (!(error instanceof ConflictError)) {
      throw error;
    }
    return endBadly(work, { ...step, log }, explain(work, step.record, error));
  }
}

async function endBadly(
  work: RunWork,
  step: BegunStep & AtWork,
  failure: StepFailure,
): Promise<Position> {
  const { log, record } = step;
  const { problem, phase } = failure;
  log.info(`${record.title} ${phase}: ${problem.message}`);
  if (problem.mend) {
    log.info(problem.mend);
  }
  await log.close();
  return recordFailure(work, step, failure);
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
  options: AtWork & {
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

async function attemptStep(
  work: RunWork,
  begun: BegunStep & AtWork,
): Promise<Attempt> {
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
    const result = begun.wasCutOff
      ? await reconcileStep(work, begun, step)
      : await runStep(work, begun, step, record.attempt);
    return { result: checkResult(work, result) };
  } catch (error) {
    if (error instanceof NotRecordedError) {
      throw error.cause;
    }
    return isInterruption(error)
      ? { interrupted: true }
      : { failure: explain(work, record, error) };
  }
}

async function runStep(
  work: RunWork,
  begun: AtWork,
  step: Step,
  attempt: number,
): Promise<StepResult> {
  return callStep(work, {
    ...begun,
    step,
    attempt,
    call: context => step.run(context),
  });
}

/** Finds out what became of a step that was cut off, and does it again where that is safe. */
async function reconcileStep(
  work: RunWork,
  begun: AtWork,
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
      ).catch(cause => {
        throw new NotRecordedError('The attempt was not recorded', { cause });
      });
      return runStep(work, begun, step, attempt);
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
