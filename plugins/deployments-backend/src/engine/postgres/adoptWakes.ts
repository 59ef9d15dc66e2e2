import { runIdSchema } from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';
import { z } from 'zod';
import { RunQueue } from './RunQueue';

const wakeSchema = z.object({ run_id: runIdSchema, wake_at: z.string() });

/** Takes over what the embedded engine was told, which a portal had before it came to this one. */
export async function adoptWakes(knex: Knex, queue: RunQueue): Promise<void> {
  await knex.transaction(async trx => {
    const rows = await trx('run_wakes').delete(['run_id', 'wake_at']);
    for (const row of rows) {
      const { run_id: runId, wake_at: at } = wakeSchema.parse(row);
      await queue.add({ runId }, { trx, at: new Date(at) });
    }
  });
}
