import { ConflictError } from '@backstage/errors';
import { isFinished, ObservedState } from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';
import { RunEngine } from '../engine';
import { nameRef } from '../permissions';
import { createStores, RunRecord } from '../stores';
import { now } from '../stores/columns';
import { asSentence } from './asSentence';
import { describeObserved } from './describeObserved';
import { endRun } from './endRun';
import { findStuck } from './findStuck';
import { leaveEnvironment } from './queue';

/**
 * Ends a run that is stuck, as errored, and lets the next one into its environment. The run is fenced: a worker that comes
 * back to it writes nothing.
 *
 * @remarks
 *
 * Whether it is stuck is looked at again under the lock of the run, so a worker that writes something first keeps it.
 *
 * @throws ConflictError where the run is not stuck.
 */
export async function releaseRun(options: {
  trx: Knex.Transaction;
  engine: RunEngine;
  run: RunRecord;
  by: string;
  reason: string;
  /** What the target said just now. */
  observed: ObservedState;
}): Promise<void> {
  const { trx, engine, run, by, reason, observed } = options;
  const stores = createStores(trx);
  const stuck = await findStuck({ stores, of: run });
  if (stuck?.runId !== run.id) {
    throw new ConflictError(
      'This run is not stuck. Cancel it if it is not wanted',
    );
  }
  await stores.runs.fence(run.id);
  if (isFinished(run.phase)) {
    await leaveEnvironment({ trx, engine, run });
    return;
  }
  const problem = {
    message: [
      `Released by ${nameRef(by)}: ${asSentence(reason)}`,
      stuck.why,
      describeObserved(run.environment, observed),
    ].join(' '),
    mend: 'Check what users get before you deploy again.',
  };
  for (const step of await stores.steps.list([run.id])) {
    if (step.status === 'started') {
      await stores.steps.update(step, {
        status: 'errored',
        finishedAt: now(),
        problem: { ...problem, step: step.id },
      });
    }
  }
  await endRun({ trx, engine, run, outcome: { phase: 'errored', problem } });
}
