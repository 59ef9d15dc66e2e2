import { Release } from '@slipway/plugin-deployments-common';
import { RunRecord, StepRecord, Stores } from '../stores';
import { now } from '../stores/columns';
import { Progress, writeProgress } from './RunContext';
import { RunWork } from './RunWork';

/** All that is kept about a run that is carried out. Nobody else changes its steps while it is claimed. */
export type RunFacts = {
  run: RunRecord;
  release: Release;
  records: readonly StepRecord[];
};

/** A step that is to be carried out now; one that was begun by an earlier worker was cut off in its middle. */
export type BegunStep = RunFacts & { record: StepRecord; wasCutOff: boolean };

/** Where a run stands. */
export type Position =
  | ({ at: 'step' } & BegunStep)
  /** All steps had their turn. */
  | ({ at: 'end' } & RunFacts)
  /** The worker has to let go. */
  | { at: 'break' };

/**
 * Records what became of a step, if there is something to record, and that the next one is begun: in one transaction, since both are
 * true at the same moment.
 *
 * @throws ClaimLostError where another worker has the run.
 */
export async function moveOn(
  work: RunWork,
  record: (progress: Progress) => Promise<RunFacts> = readFacts,
): Promise<Position> {
  return writeProgress(work.context, work.claim, async progress =>
    beginNext(work, progress.stores, await record(progress)),
  );
}

/** Reads what is kept about a run within the transaction that has locked it. */
export async function readFacts({ run, stores }: Progress): Promise<RunFacts> {
  return {
    run,
    release: await stores.releases.require(run.releaseId),
    records: await stores.steps.list([run.id]),
  };
}

/** The facts with one step changed. */
export function changeStep(
  records: readonly StepRecord[],
  changed: StepRecord,
): StepRecord[] {
  return records.map(record =>
    record.index === changed.index ? changed : record,
  );
}

async function beginNext(
  work: RunWork,
  stores: Stores,
  facts: RunFacts,
): Promise<Position> {
  const { run, records } = facts;
  const next = findNext(facts);
  if (!next) {
    return { at: 'end', ...facts };
  }
  if (work.claim.draining) {
    return { at: 'break' };
  }
  if (next.status === 'started') {
    return { at: 'step', ...facts, record: next, wasCutOff: true };
  }
  if (next.stage === 'main' && run.cancelRequestedBy) {
    await stores.runs.update(run.id, {
      outcome: { phase: 'cancelled', by: run.cancelRequestedBy },
    });
    await stores.steps.skipPending(run.id);
    const cancelled = await stores.runs.require(run.id);
    return { at: 'end', ...(await readFacts({ run: cancelled, stores })) };
  }
  const begun = { status: 'started', attempt: 1, startedAt: now() } as const;
  await stores.steps.update(next, begun);
  const record = { ...next, ...begun };
  return {
    at: 'step',
    ...facts,
    records: changeStep(records, record),
    record,
    wasCutOff: false,
  };
}

/** The way there as long as nothing went wrong, then the way back. */
export function findNext({
  run,
  records,
}: Pick<RunFacts, 'run' | 'records'>): StepRecord | undefined {
  const stage = run.outcome === null ? 'main' : 'recover';
  return records.find(
    record =>
      record.stage === stage &&
      (record.status === 'pending' || record.status === 'started'),
  );
}
