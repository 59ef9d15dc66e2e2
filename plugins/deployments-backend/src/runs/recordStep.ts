import { StepResult } from '@slipway/plugin-deployments-node';
import { NewStep, RunOutcome, StepRecord } from '../stores';
import { now } from '../stores/columns';
import { asSentence } from './asSentence';
import { StepFailure } from './explainError';
import { hasSwitched } from './hasSwitched';
import { writeProgress } from './RunContext';
import { defineSteps, RunWork } from './RunWork';

/**
 * Records that a step was done.
 *
 * @throws ConflictError where the release consists of something else than the step says.
 */
export async function recordSuccess(
  work: RunWork,
  record: StepRecord,
  result: StepResult,
): Promise<void> {
  await writeProgress(work.context, work.claim, async ({ run, stores }) => {
    if (result.artifacts) {
      await stores.releases.recordArtifacts(run.releaseId, result.artifacts);
    }
    await stores.steps.update(record, {
      status: 'succeeded',
      finishedAt: now(),
      output: result.output ?? null,
    });
  });
}

/**
 * Records that a step was not done, and with it how the run will end. Where users may have met the new release, the steps
 * of the way back join the run.
 */
export async function recordFailure(
  work: RunWork,
  record: StepRecord,
  failure: StepFailure,
): Promise<void> {
  await writeProgress(work.context, work.claim, async ({ run, stores }) => {
    await stores.steps.update(record, {
      status: failure.phase,
      finishedAt: now(),
      problem: failure.problem,
    });
    await stores.steps.skipPending(run.id);
    if (record.stage === 'recover') {
      await stores.runs.update(run.id, {
        outcome: giveUp(run.outcome, record, failure),
      });
      return;
    }
    await stores.runs.update(run.id, { outcome: failure });
    if (hasSwitched(await stores.steps.list([run.id]))) {
      const wayBack = defineSteps(work, run, 'recover');
      await stores.steps.append(
        run.id,
        wayBack.map(({ id, title, switches, timeoutMs }): NewStep => ({
          id,
          title,
          switches,
          timeoutMs,
          stage: 'recover',
        })),
      );
    }
  });
}

/** The way there failed, and then the way back did. */
function giveUp(
  outcome: RunOutcome | null,
  record: StepRecord,
  { problem }: StepFailure,
): RunOutcome {
  const cause =
    outcome?.phase === 'failed' || outcome?.phase === 'errored'
      ? outcome.problem
      : problem;
  return {
    phase: 'errored',
    problem: {
      ...cause,
      message: `${asSentence(cause.message)} Then the way back failed at “${record.title}”: ${problem.message}`,
      mend: problem.mend ?? cause.mend,
    },
  };
}
