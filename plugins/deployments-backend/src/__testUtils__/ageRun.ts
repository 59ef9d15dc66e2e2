import { RunId } from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';

/** Makes all that happened to a run have happened so many milliseconds earlier. */
export async function ageRun(knex: Knex, runId: RunId, ms: number) {
  const earlier = (at: string) => new Date(Date.parse(at) - ms).toISOString();
  const run = await knex('runs').where({ id: runId }).first();
  await knex('runs')
    .where({ id: runId })
    .update({ phase_since: earlier(run.phase_since) });
  for (const step of await knex('steps').where({ run_id: runId })) {
    await knex('steps')
      .where({ run_id: runId, position: step.position })
      .update({
        started_at: step.started_at && earlier(step.started_at),
        finished_at: step.finished_at && earlier(step.finished_at),
      });
  }
  for (const line of await knex('log_lines').where({ run_id: runId })) {
    await knex('log_lines')
      .where({ run_id: runId, line: line.line })
      .update({ written_at: earlier(line.written_at) });
  }
}
