import { StepResult } from '@slipway/plugin-deployments-node';
import { NewStep, RunOutcome, RunRecord, StepRecord, Stores } from '../stores';
import { now } from '../stores/columns';
import { asSentence } from './asSentence';
import { StepFailure } from './explainError';
import { hasSwitched } from './hasSwitched';
import { BegunStep, changeStep, moveOn, Position, readFacts } from './moveOn';
import { passAtOnce } from './passAtOnce';
import { defineSteps, RunWork } from './RunWork';

/**
 * Records that a step was done, and moves the run on.
 *
 * @throws ConflictError where the release consists of something else than the step says.
 */
export async function recordSuccess(
  work: RunWork,
  step: BegunStep,
  result: StepResult,
): Promise<Position> {
  const { record } = step;
  const done: StepRecord = {
    ...record,
    status: 'succeeded',
    finishedAt: now(),
    output: result.output ?? null,
  };
  const records = changeStep(step.records, done);
  const { artifacts } = result;
  if (!artifacts && work.claim.canWriteAtOnce) {
    const { run, release } = step;
    return passAtOnce(work, { run, release, records }, done);
  }
  return moveOn(work, async ({ run, stores }) => {
    if (artifacts) {
      await stores.releases.recordArtifacts(run.releaseId, artifacts);
    }
    await stores.steps.update(record, done);
    return {
      run,
      release: artifacts
        ? await stores.releases.require(run.releaseId)
        : step.release,
      records,
    };
  });
}

/**
 * Records that a step was not done, and with it how the run will end. Where users may have met the new release, the steps
 * of the way back join the run.
 */
export async function recordFailure(
  work: RunWork,
  { record }: BegunStep,
  failure: StepFailure,
): Promise<Position> {
  return moveOn(work, async ({ run, stores }) => {
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
    } else {
      await stores.runs.update(run.id, { outcome: failure });
      if (hasSwitched(await stores.steps.list([run.id]))) {
        await appendWayBack(work, run, stores);
      }
    }
    return readFacts({ run: await stores.runs.require(run.id), stores });
  });
}

async function appendWayBack(work: RunWork, run: RunRecord, stores: Stores) {
  await stores.steps.append(
    run.id,
    defineSteps(work, run, 'recover').map(
      ({ id, title, switches, timeoutMs }): NewStep => ({
        id,
        title,
        switches,
        timeoutMs,
        stage: 'recover',
      }),
    ),
  );
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
