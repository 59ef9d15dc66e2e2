import { Knex } from 'knex';
import { z } from 'zod';
import { StepRecord } from './StepStore';

const begunSchema = z.object({ begun: z.coerce.number() });

/**
 * Builds the one statement that records a step's success, where there is one, and, unless the run ends or was cancelled meanwhile, that the next one is begun.
 *
 * @remarks For PostgreSQL. Both changes depend on `claimed`, so that nothing is written where it is empty.
 */
export function passStep(options: {
  knex: Knex;
  /** A query that has the locked run as `claimed`. */
  claimed: Knex.QueryBuilder;
  done: Pick<StepRecord, 'index' | 'output' | 'finishedAt'> | undefined;
  next: Pick<StepRecord, 'index' | 'startedAt'> | undefined;
}): Knex.QueryBuilder {
  const { knex, claimed, done, next } = options;
  const ofRun = knex.select('id').from('claimed');
  if (done) {
    claimed.with(
      'done',
      knex('steps')
        .whereIn('run_id', ofRun.clone())
        .where({ position: done.index })
        .update({
          status: 'succeeded',
          finished_at: done.finishedAt,
          output: done.output && JSON.stringify(done.output),
        }),
    );
  }
  return claimed
    .with(
      'begun',
      knex('steps')
        .whereIn(
          'run_id',
          ofRun.clone().whereNull('cancel_requested_by').whereNull('outcome'),
        )
        .where({ position: next?.index ?? -1, status: 'pending' })
        .update({
          status: 'started',
          attempt: 1,
          started_at: next?.startedAt ?? null,
        })
        .returning('position'),
    )
    .from('claimed')
    .select('*', { begun: knex('begun').count() });
}

/** Whether the statement began the next step. */
export function hasBegun(row: unknown): boolean {
  return begunSchema.parse(row).begun > 0;
}
