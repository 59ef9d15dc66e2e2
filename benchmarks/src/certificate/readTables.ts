import { Knex } from 'knex';
import { z } from 'zod';
import { Records } from './records';

const runSchema = z
  .object({
    id: z.string(),
    service_ref: z.string(),
    reason: z
      .string()
      .transform(reason => JSON.parse(reason))
      .pipe(z.object({ number: z.number() })),
    phase: z.string(),
    ticket: z.number().nullable(),
    started_at: z.string().nullable(),
    finished_at: z.string().nullable(),
    claimed_by: z.string().nullable(),
    outcome: z.string().nullable(),
  })
  .transform(row => ({
    id: row.id,
    number: row.reason.number,
    environment: row.service_ref,
    phase: row.phase,
    ticket: row.ticket,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    claimedBy: row.claimed_by,
    outcome: row.outcome,
  }));

const stepSchema = z
  .object({
    run_id: z.string(),
    position: z.number(),
    stage: z.string(),
    step_id: z.string(),
    status: z.string(),
  })
  .transform(row => ({
    runId: row.run_id,
    position: row.position,
    effect: `${row.stage}:${row.step_id}`,
    status: row.status,
  }));

const environmentSchema = z
  .object({ service_ref: z.string(), held_by: z.string().nullable() })
  .transform(row => ({ environment: row.service_ref, heldBy: row.held_by }));

/** Reads what the tables say in the end. */
export async function readTables(
  knex: Knex,
): Promise<Pick<Records, 'runs' | 'steps' | 'environments'>> {
  const [runs, steps, environments] = await Promise.all([
    knex('runs').select(),
    knex('steps').orderBy(['run_id', 'position']),
    knex('environments').select(),
  ]);
  return {
    runs: runs.map(row => runSchema.parse(row)),
    steps: steps.map(row => stepSchema.parse(row)),
    environments: environments.map(row => environmentSchema.parse(row)),
  };
}
