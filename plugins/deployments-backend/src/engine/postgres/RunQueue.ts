import { LoggerService } from '@backstage/backend-plugin-api';
import { RunId, runIdSchema } from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';
import { fromKnex, JobWithMetadata, PgBoss } from 'pg-boss';
import { z } from 'zod';
import { HEARTBEAT_S } from './constants';
import { explainInstallError } from './explainInstallError';
import { OutageLog } from './OutageLog';
import { readConnection } from './readConnection';

/** The queue's name within the schema. */
const QUEUE = 'runs';

/** How often dead claims are looked for, seconds. */
const SUPERVISE_S = 1;

/** Connections for heartbeats and supervision, which must not wait for those that work. */
const POOL_SIZE = 2;

/** Of each connection: one that has gone silent must not take the signs of life with it. */
const LIVELY = { keepAlive: true, query_timeout: 5_000 };

/** No job of ours is ever given up or thrown away: a run that is lost is worse than one that is tried too often. */
const RETRY_LIMIT = 1_000_000_000;
const RETENTION_S = 10 * 365 * 24 * 3_600;

/** The longest that pg-boss lets a job be worked on. Whoever has one for as long gives it back before. */
const EXPIRE_S = 24 * 3_600;

const WORD_OF_JOBS = 'jobs';

const dataSchema = z.object({
  runId: runIdSchema,
  /** How many times in a row the run could not be taken further. */
  failures: z.number().int().nonnegative(),
});

const touchedSchema = z.object({ settled: z.array(z.string()) });
const settledSchema = z.object({ affected: z.number() });

/** The task to look at a run. It is claimed by one worker at a time; `retryCount` tells one claim from the next. */
export type RunJob = {
  id: string;
  retryCount: number;
  runId: RunId;
  failures: number;
};

/**
 * The tasks of all replicas, kept by pg-boss in a schema of its own. It hands each out once, takes it away from those
 * who give no sign of life, and is told by the database when a new one is there.
 *
 * @remarks
 *
 * All jobs have the policy `standard`. That no two workers have the same run is seen to by the run's own row: under the
 * policies that look at keys, one job that has to wait for its key makes each fetch come back empty while others wait behind it.
 */
export class RunQueue {
  readonly #boss: PgBoss;
  readonly #knex: Knex;
  readonly #schema: string;
  readonly #channel: string;

  private constructor(options: { boss: PgBoss; knex: Knex; schema: string }) {
    this.#boss = options.boss;
    this.#knex = options.knex;
    this.#schema = options.schema;
    this.#channel = `slipway_${options.schema}`;
  }

  /**
   * Connects, and makes or updates the tables.
   *
   * @throws Error that says what to grant, where the rights do not suffice.
   */
  static async create(options: {
    knex: Knex;
    schema: string;
    /** Whether tables may be made and updated; otherwise they have to be there. */
    migrate: boolean;
    logger: LoggerService;
  }): Promise<RunQueue> {
    const { knex, schema, migrate, logger } = options;
    const connection = await readConnection(knex);
    const boss = new PgBoss({
      ...connection.options,
      application_name: 'slipway',
      max: POOL_SIZE,
      ...LIVELY,
      schema,
      migrate,
      createSchema: migrate && !(await hasSchema(knex, schema)),
      schedule: false,
      superviseIntervalSeconds: SUPERVISE_S,
      monitorIntervalSeconds: SUPERVISE_S,
    });
    const outages = new OutageLog({ logger });
    boss.on('error', error => outages.report(error));
    boss.on('warning', ({ message }) => logger.warn(message));
    await boss.getDb().setSessionStatements?.(connection.sessionStatements);
    const settings = {
      notify: false,
      heartbeatSeconds: HEARTBEAT_S,
      expireInSeconds: EXPIRE_S,
      retentionSeconds: RETENTION_S,
      retryLimit: RETRY_LIMIT,
      retryDelay: 0,
      retryBackoff: false,
    };
    try {
      await boss.start();
      await boss.createQueue(QUEUE, { policy: 'standard', ...settings });
      await boss.updateQueue(QUEUE, settings);
    } catch (error) {
      await boss.stop({ graceful: false });
      throw await explainInstallError({ error, knex, schema });
    }
    return new RunQueue({ boss, knex, schema });
  }

  /**
   * Adds a job within a transaction; it can be taken once that is committed, and not before `at`. One for later takes the place of all
   * others for later of its run: whoever looks at a run says anew when it has to be looked at next.
   */
  async add(
    job: { runId: RunId; failures?: number },
    options: { trx: Knex.Transaction; at?: Date },
  ): Promise<void> {
    const { trx, at } = options;
    // A time that passes, since the clock of the database need not be that of this process.
    const waitMs = at ? at.getTime() - Date.now() : 0;
    const isDue = waitMs <= 0;
    if (!isDue) {
      await this.#removeLater(job.runId, trx);
    }
    await this.#boss.send(
      QUEUE,
      { runId: job.runId, failures: job.failures ?? 0 },
      {
        db: fromKnex(trx),
        singletonKey: job.runId,
        ...(!isDue && { startAfter: waitMs / 1_000 }),
      },
    );
    if (isDue) {
      await trx.raw('SELECT pg_notify(?, ?)', [this.#channel, WORD_OF_JOBS]);
    }
  }

  async #removeLater(runId: RunId, trx: Knex.Transaction): Promise<void> {
    const jobs = () => trx.withSchema(this.#schema).from('job');
    await jobs()
      .where({ name: QUEUE })
      .whereIn(
        'id',
        jobs()
          .where({ name: QUEUE, singleton_key: runId, state: 'created' })
          .andWhere('start_after', '>', trx.fn.now())
          .forUpdate()
          .skipLocked()
          .select('id'),
      )
      .delete();
  }

  /** Takes the next job that is due. It is the caller's as long as signs of life are given for it. */
  async take(): Promise<RunJob | undefined> {
    const [job] = await this.#boss.fetch(QUEUE, { db: fromKnex(this.#knex) });
    return (
      job && {
        id: job.id,
        retryCount: job.retryCount,
        ...dataSchema.parse(job.data),
      }
    );
  }

  /** Builds a query that has a row as long as a job is still its taker's, and keeps it so until the transaction ends. */
  lockTaken(job: RunJob, db: Knex): Knex.QueryBuilder {
    return db
      .withSchema(this.#schema)
      .from('job')
      .where({
        name: QUEUE,
        id: job.id,
        state: 'active',
        retry_count: job.retryCount,
      })
      .forShare();
  }

  /** Takes a job away; tells whether it still was its taker's to take away. */
  async remove(job: RunJob, db: Knex): Promise<boolean> {
    const result = await this.#boss.deleteJob(QUEUE, job, {
      db: fromKnex(db),
    });
    return settledSchema.parse(result).affected > 0;
  }

  /** Gives a sign of life for claims, and tells those that still are claims of the caller, by the id of the job. */
  async touch(jobs: readonly RunJob[]): Promise<Set<string>> {
    const result = await this.#boss.touch(QUEUE, [...jobs]);
    return new Set(touchedSchema.parse(result).settled);
  }

  /** Whether there is a job that somebody works on, or will. */
  async has(id: string, trx: Knex.Transaction): Promise<boolean> {
    const jobs: JobWithMetadata[] = await this.#boss.findJobs(QUEUE, {
      id,
      db: fromKnex(trx),
    });
    return jobs.some(
      ({ state }) =>
        state === 'created' || state === 'retry' || state === 'active',
    );
  }

  /** Runs of which a condition is true and that nobody is going to look at. */
  async listForgotten(
    trx: Knex.Transaction,
    isWanted: (runs: Knex.QueryBuilder) => void,
  ): Promise<RunId[]> {
    const ids = await trx('runs')
      .where(isWanted)
      .whereNotExists(
        trx
          .withSchema(this.#schema)
          .from('job')
          .where({ name: QUEUE })
          .whereIn('state', ['created', 'retry', 'active'])
          .whereRaw('job.singleton_key = runs.id')
          .select(trx.raw('1')),
      )
      .pluck('id');
    return ids.map(id => runIdSchema.parse(id));
  }

  /**
   * Calls back when a job may be there. The connection for it is renewed when it breaks, and then there is a call for what was
   * missed.
   *
   * @throws Error where the database cannot be listened to.
   */
  async listen(onJob: () => void): Promise<{ close(): Promise<void> }> {
    const db = this.#boss.getDb();
    if (!db.listen) {
      throw new Error('This version of pg-boss cannot listen');
    }
    return db.listen(this.#channel, onJob, onJob);
  }

  /** Ends heartbeats and supervision. Jobs can still be added within transactions of others. */
  async close(): Promise<void> {
    await this.#boss.stop({ graceful: false });
  }
}

async function hasSchema(knex: Knex, schema: string): Promise<boolean> {
  const { rows } = await knex.raw('SELECT to_regnamespace(?) AS found', [
    schema,
  ]);
  return rows[0]?.found !== null;
}
