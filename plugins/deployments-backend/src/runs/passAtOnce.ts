import { hasBegun, parseRun, passStep, StepRecord } from '../stores';
import { now } from '../stores/columns';
import { changeStep, findNext, moveOn, Position, RunFacts } from './moveOn';
import { publishProgress } from './RunContext';
import { RunWork } from './RunWork';

/**
 * Does in one round trip what `moveOn` does, which is what a step costs that has no more to tell than that it was done: records
 * that, where one was, and that the next one is begun.
 *
 * @throws ClaimLostError where another worker has the run.
 */
export async function passAtOnce(
  work: RunWork,
  facts: RunFacts,
  done?: StepRecord,
): Promise<Position> {
  const { claim, context } = work;
  const next = claim.draining ? undefined : findNext(facts);
  const begun =
    next?.status === 'pending'
      ? { ...next, status: 'started' as const, attempt: 1, startedAt: now() }
      : undefined;
  const row = await claim.writeAtOnce(claimed =>
    passStep({ knex: context.knex, claimed, done, next: begun }),
  );
  const run = parseRun(row);
  publishProgress(context, run);
  if (!begun || !hasBegun(row)) {
    return next || claim.draining ? moveOn(work) : { ...facts, at: 'end', run };
  }
  return {
    ...facts,
    at: 'step',
    run,
    records: changeStep(facts.records, begun),
    record: begun,
    wasCutOff: false,
  };
}
