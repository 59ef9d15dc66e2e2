import {
  isFinished,
  LogLine,
  logLineSchema,
  LogPage,
  RunId,
} from '@slipway/plugin-deployments-common';
import { NotFoundError } from '@backstage/errors';
import { Knex } from 'knex';
import { z } from 'zod';
import { RunStore } from './RunStore';

/** Rows of one statement: SQLite takes at most 500 terms in one. */
const ROWS_PER_INSERT = 200;

const rowSchema = z
  .object({
    line: z.number(),
    step: z.number(),
    written_at: z.string(),
    stream: z.string(),
    text: z.string(),
  })
  .transform((row): LogLine =>
    logLineSchema.parse({
      line: row.line,
      step: row.step,
      at: row.written_at,
      stream: row.stream,
      text: row.text,
    }),
  );

/** Logs of runs. */
export class LogStore {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  /**
   * A part of a run's log, beginning after a line that is known already.
   *
   * @throws NotFoundError where there is no such run.
   */
  async page(options: {
    runId: RunId;
    after: number;
    limit: number;
  }): Promise<LogPage> {
    // The run is read before its lines: a run that was finished then has written all of them.
    const run = await new RunStore(this.#db).get(options.runId);
    if (!run) {
      throw new NotFoundError(`There is no run ${options.runId}`);
    }
    const rows = await this.#db('log_lines')
      .where({ run_id: options.runId })
      .andWhere('line', '>', options.after)
      .orderBy('line')
      .limit(options.limit);
    const lines = rows.map(row => rowSchema.parse(row));
    return {
      lines,
      total: Math.max(run.logLines, lines.at(-1)?.line ?? 0),
      finished: isFinished(run.phase),
    };
  }

  /** When a run last wrote a line; null where it wrote none. */
  async getLastTime(runId: RunId): Promise<string | null> {
    const row = await this.#db('log_lines')
      .where({ run_id: runId })
      .orderBy('line', 'desc')
      .first();
    return row ? rowSchema.parse(row).at : null;
  }

  /**
   * Appends lines to the log of a run that the transaction has locked, which is what keeps their numbers free of gaps.
   * `bytes` is what they count against the size limit.
   */
  async append(options: {
    runId: RunId;
    lines: ReadonlyArray<Omit<LogLine, 'line'>>;
    bytes: number;
  }): Promise<void> {
    if (options.lines.length === 0) {
      return;
    }
    const runs = new RunStore(this.#db);
    const run = await runs.require(options.runId);
    await this.#db.batchInsert(
      'log_lines',
      options.lines.map((line, index) => ({
        run_id: options.runId,
        line: run.logLines + index + 1,
        step: line.step,
        written_at: line.at,
        stream: line.stream,
        text: line.text,
      })),
      ROWS_PER_INSERT,
    );
    await runs.update(options.runId, {
      logLines: run.logLines + options.lines.length,
      logBytes: run.logBytes + options.bytes,
    });
  }
}
