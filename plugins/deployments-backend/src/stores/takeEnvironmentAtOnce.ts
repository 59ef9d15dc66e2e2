import { Knex } from 'knex';
import { z } from 'zod';

const takenSchema = z.object({ taken: z.coerce.number() });

/**
 * Builds the one statement that gives a queued run its environment where that is free, nothing is held back, and no run waits for longer.
 *
 * @remarks
 *
 * For PostgreSQL. The queue is read as it was when the statement began, also where that then waited for the environment: whoever has
 * a lower ticket drew it before this run had its own, so none of them is overlooked.
 */
export function takeEnvironmentAtOnce(options: {
  knex: Knex;
  /** A query that has the locked run as `claimed`. */
  claimed: Knex.QueryBuilder;
}): Knex.QueryBuilder {
  const { knex, claimed } = options;
  return claimed
    .with(
      'taken',
      knex('environments')
        .updateFrom('claimed')
        .where({ 'claimed.phase': 'queued' })
        .whereRaw('environments.service_ref = claimed.service_ref')
        .whereRaw('environments.name = claimed.environment')
        .whereNull('environments.held_by')
        .whereNull('environments.hold')
        .whereNotExists(
          knex({ earlier: 'runs' })
            .where({ 'earlier.phase': 'queued' })
            .whereRaw('earlier.service_ref = claimed.service_ref')
            .whereRaw('earlier.environment = claimed.environment')
            .whereRaw('earlier.ticket < claimed.ticket')
            .select(knex.raw('1')),
        )
        .update({ held_by: knex.ref('claimed.id') })
        .returning('environments.name'),
    )
    .from('claimed')
    .select('*', { taken: knex('taken').count() });
}

/** Whether the statement gave the run its environment. */
export function hasTaken(row: unknown): boolean {
  return takenSchema.parse(row).taken > 0;
}
