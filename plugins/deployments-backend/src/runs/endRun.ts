import { Knex } from 'knex';
import { RunEngine } from '../engine';
import { createStores, RunOutcome, RunRecord } from '../stores';
import { now } from '../stores/columns';
import { holdAfterRollback } from './holdAfterRollback';
import { leaveEnvironment } from './queue';

/** Ends a run, and lets the next one into its environment. */
export async function endRun(options: {
  trx: Knex.Transaction;
  engine: RunEngine;
  run: RunRecord;
  outcome: RunOutcome;
}): Promise<void> {
  const { trx, engine, run, outcome } = options;
  const stores = createStores(trx);
  const at = now();
  await stores.runs.update(run.id, {
    phase: outcome.phase,
    phaseSince: at,
    finishedAt: at,
    outcome,
  });
  if (outcome.phase !== 'succeeded') {
    await stores.steps.skipPending(run.id);
  }
  await holdAfterRollback({ trx, run, outcome });
  await leaveEnvironment({ trx, engine, run });
}
