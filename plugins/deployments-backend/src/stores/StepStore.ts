import {
  RunId,
  runIdSchema,
  RunStep,
  runProblemSchema,
  runStepSchema,
  stepStageSchema,
} from '@slipway/plugin-deployments-common';
import { JsonObject } from '@backstage/types';
import { Knex } from 'knex';
import { z } from 'zod';
import { booleanColumn, jsonColumn } from './columns';

const outputSchema = z.custom<JsonObject>(
  value => typeof value === 'object' && value !== null && !Array.isArray(value),
);

const rowSchema = z
  .object({
    run_id: runIdSchema,
    position: z.number().int(),
    step_id: z.string(),
    title: z.string(),
    stage: stepStageSchema,
    switches: booleanColumn,
    status: runStepSchema.shape.status,
    attempt: z.number().int(),
    timeout_ms: z.number().int().nullable(),
    started_at: z.string().nullable(),
    finished_at: z.string().nullable(),
    output: jsonColumn(outputSchema).nullable(),
    problem: jsonColumn(runProblemSchema).nullable(),
  })
  .transform(row => ({
    runId: row.run_id,
    index: row.position,
    id: row.step_id,
    title: row.title,
    stage: row.stage,
    switches: row.switches,
    status: row.status,
    attempt: row.attempt,
    /** How long one call of it may take; null where it is not known. */
    timeoutMs: row.timeout_ms,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    output: row.output,
    problem: row.problem,
  }));

/** How many steps are written in one statement. */
const ROWS_AT_ONCE = 30;

/** A step of a run, as it is kept. */
export type StepRecord = z.infer<typeof rowSchema>;

/** What is known of a step before it is begun. */
export type NewStep = Pick<RunStep, 'id' | 'title' | 'stage'> & {
  switches: boolean;
  /** How long one call of it may take; not known of a step that is only planned. */
  timeoutMs?: number;
};

export type StepChanges = Partial<
  Pick<
    StepRecord,
    'status' | 'attempt' | 'startedAt' | 'finishedAt' | 'output' | 'problem'
  >
>;

/** Steps of runs. */
export class StepStore {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  /** Steps of some runs, in order. */
  async list(runIds: readonly RunId[]): Promise<StepRecord[]> {
    const rows = await this.#db('steps')
      .whereIn('run_id', [...runIds])
      .orderBy(['run_id', 'position']);
    return rows.map(row => rowSchema.parse(row));
  }

  /** Adds the steps of a run that has none. */
  async insert(runId: RunId, steps: readonly NewStep[]): Promise<void> {
    await this.#insert(runId, 0, steps);
  }

  /** Adds steps behind those that a run has. */
  async append(runId: RunId, steps: readonly NewStep[]): Promise<void> {
    await this.#insert(runId, (await this.list([runId])).length, steps);
  }

  /** Puts other steps in place of all that a run has. */
  async replace(runId: RunId, steps: readonly NewStep[]): Promise<void> {
    await this.#db('steps').where({ run_id: runId }).delete();
    await this.#insert(runId, 0, steps);
  }

  async #insert(
    runId: RunId,
    first: number,
    steps: readonly NewStep[],
  ): Promise<void> {
    const rows = steps.map((step, index) => ({
      run_id: runId,
      position: first + index,
      step_id: step.id,
      title: step.title,
      stage: step.stage,
      switches: step.switches,
      status: 'pending',
      attempt: 0,
      timeout_ms: step.timeoutMs ?? null,
    }));
    // SQLite takes no more than so many values at once.
    for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
      await this.#db('steps').insert(rows.slice(start, start + ROWS_AT_ONCE));
    }
  }

  async update(
    step: Pick<StepRecord, 'runId' | 'index'>,
    changes: StepChanges,
  ): Promise<void> {
    await this.#db('steps')
      .where({ run_id: step.runId, position: step.index })
      .update({
        status: changes.status,
        attempt: changes.attempt,
        started_at: changes.startedAt,
        finished_at: changes.finishedAt,
        output: changes.output && JSON.stringify(changes.output),
        problem: changes.problem && JSON.stringify(changes.problem),
      });
  }

  /** Marks all steps that were not begun as left out. */
  async skipPending(runId: RunId): Promise<void> {
    await this.#db('steps')
      .where({ run_id: runId, status: 'pending' })
      .update({ status: 'skipped' });
  }
}
