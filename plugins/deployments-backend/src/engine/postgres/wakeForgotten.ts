import { RunPhase } from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';
import { RunQueue } from './RunQueue';

/** Has runs looked at that should go on and that no job belongs to, and those whose claim belongs to no job. */
export async function wakeForgotten(
  knex: Knex,
  queue: RunQueue,
  phases: readonly RunPhase[],
): Promise<void> {
  await knex.transaction(async trx => {
    const forgotten = await queue.listForgotten(trx, runs =>
      runs.whereIn('phase', [...phases]).orWhereNotNull('claimed_by'),
    );
    for (const runId of forgotten) {
      await queue.add({ runId }, { trx });
    }
  });
}
