import { Plan } from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';
import { Clock } from '../clock';
import { RunEngine } from '../engine';
import { createStores, RunRecord } from '../stores';
import { joinQueue } from './queue';

/**
 * Takes a run on once its approvals are complete: to its gates, where it has any, else into the queue. What of its gates holds it is
 * found by a worker.
 */
export async function passApprovals(options: {
  trx: Knex.Transaction;
  engine: RunEngine;
  clock: Clock;
  run: RunRecord;
  plan: Plan;
}): Promise<void> {
  const { trx, engine, clock, run, plan } = options;
  if (!plan.content.gates) {
    await joinQueue({ trx, engine, run });
    return;
  }
  await createStores(trx).runs.update(run.id, {
    phase: 'waiting-for-gates',
    phaseSince: clock().toISOString(),
  });
  await engine.wake(run.id, { trx });
}
