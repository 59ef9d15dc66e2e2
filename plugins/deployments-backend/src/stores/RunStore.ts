import { InputError, NotFoundError } from '@backstage/errors';
import {
  EnvironmentName,
  Operation,
  operationSchema,
  planHashSchema,
  ReleaseId,
  releaseIdSchema,
  RunFilter,
  RunId,
  runIdSchema,
  RunPhase,
  RunState,
  runStateSchema,
  ServiceRef,
  serviceRefSchema,
  Trigger,
  triggerSchema,
} from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';
import { z } from 'zod';
import { TraceCarrier, traceCarrierSchema } from '../telemetry/TraceCarrier';
import { booleanColumn, countColumn, jsonColumn } from './columns';
import { lockedColumns } from './lockedColumns';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

const UNFINISHED_PHASES = [
  'waiting-for-approval',
  'waiting-for-gates',
  'queued',
  'running',
] as const satisfies readonly RunPhase[];

/** How a run ends. */
export type RunOutcome = Extract<
  RunState,
  { phase: 'succeeded' | 'failed' | 'errored' | 'cancelled' | 'rejected' }
>;

const outcomeSchema = runStateSchema.transform((state, context): RunOutcome => {
  switch (state.phase) {
    case 'succeeded':
    case 'failed':
    case 'errored':
    case 'cancelled':
    case 'rejected':
      return state;
    default:
      context.addIssue(`${state.phase} is not the end of a run`);
      return z.NEVER;
  }
});

const phaseSchema = z.enum([
  'waiting-for-approval',
  'waiting-for-gates',
  'queued',
  'running',
  'succeeded',
  'failed',
  'errored',
  'cancelled',
  'rejected',
]);

const rowSchema = z
  .object({
    id: runIdSchema,
    service_ref: serviceRefSchema,
    environment: z.string(),
    operation: operationSchema,
    plan_hash: planHashSchema,
    release_id: releaseIdSchema,
    from_release_id: releaseIdSchema.nullable(),
    phase: phaseSchema,
    phase_since: z.string(),
    outcome: jsonColumn(outcomeSchema).nullable(),
    rolled_back_to: releaseIdSchema.nullable(),
    builds: booleanColumn.nullable(),
    ticket: z.number().int().nullable(),
    requested_by: z.string(),
    origin: triggerSchema,
    trace: jsonColumn(traceCarrierSchema).nullable(),
    reason: z.string().nullable(),
    cancel_requested_by: z.string().nullable(),
    created_at: z.string(),
    started_at: z.string().nullable(),
    finished_at: z.string().nullable(),
    claimed_by: z.string().nullable(),
    log_lines: z.number().int(),
    log_bytes: z.number().int(),
  })
  .transform(row => ({
    id: row.id,
    serviceRef: row.service_ref,
    environment: row.environment as EnvironmentName,
    operation: row.operation,
    planHash: row.plan_hash,
    releaseId: row.release_id,
    fromReleaseId: row.from_release_id,
    phase: row.phase,
    /** Since when it is in its phase. */
    phaseSince: row.phase_since,
    /** How it ends; known already while it takes back what it did. */
    outcome: row.outcome,
    rolledBackTo: row.rolled_back_to,
    /** Whether it makes its release's artifacts; known once it runs. */
    builds: row.builds,
    ticket: row.ticket,
    requestedBy: row.requested_by,
    trigger: row.origin,
    /** The trace in which it was asked for. */
    trace: row.trace,
    reason: row.reason,
    cancelRequestedBy: row.cancel_requested_by,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    /** The worker that has it. */
    claimedBy: row.claimed_by,
    logLines: row.log_lines,
    logBytes: row.log_bytes,
  }));

/** A run, as it is kept. */
export type RunRecord = z.infer<typeof rowSchema>;

/** Reads a row of the table of runs. */
export function parseRun(row: unknown): RunRecord {
  return rowSchema.parse(row);
}

export type NewRun = Pick<
  RunRecord,
  | 'id'
  | 'serviceRef'
  | 'environment'
  | 'operation'
  | 'planHash'
  | 'releaseId'
  | 'fromReleaseId'
  | 'phase'
  | 'requestedBy'
  | 'reason'
  | 'createdAt'
> & {
  /** `person` unless told. */
  trigger?: Trigger;
  trace?: TraceCarrier | null;
};

export type RunChanges = Partial<
  Pick<
    RunRecord,
    | 'planHash'
    | 'releaseId'
    | 'fromReleaseId'
    | 'phase'
    | 'phaseSince'
    | 'outcome'
    | 'rolledBackTo'
    | 'builds'
    | 'ticket'
    | 'cancelRequestedBy'
    | 'startedAt'
    | 'finishedAt'
    | 'logLines'
    | 'logBytes'
  >
>;

const countRowSchema = z.object({ phase: phaseSchema, total: countColumn });

const cursorSchema = z.tuple([z.string(), z.string()]);

/** Runs. */
export class RunStore {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  async insert(run: NewRun): Promise<RunRecord> {
    const [row]: unknown[] = await this.#db('runs')
      .insert({
        id: run.id,
        service_ref: run.serviceRef,
        environment: run.environment,
        operation: run.operation,
        plan_hash: run.planHash,
        release_id: run.releaseId,
        from_release_id: run.fromReleaseId,
        phase: run.phase,
        phase_since: run.createdAt,
        requested_by: run.requestedBy,
        origin: run.trigger ?? 'person',
        trace: run.trace ? JSON.stringify(run.trace) : null,
        reason: run.reason,
        created_at: run.createdAt,
        fence: 0,
        log_lines: 0,
        log_bytes: 0,
      })
      .returning('*');
    return rowSchema.parse(row);
  }

  async get(id: RunId): Promise<RunRecord | undefined> {
    const row = await this.#db('runs').where({ id }).first();
    return row && rowSchema.parse(row);
  }

  /** @throws NotFoundError where there is none. */
  async require(id: RunId): Promise<RunRecord> {
    return found(id, await this.get(id));
  }

  /**
   * Reads a run and keeps everyone else from changing it until the transaction ends.
   *
   * @remarks
   *
   * It can be referred to meanwhile, which takes a lock that is shared: whoever has an environment may wake a run that waits for
   * that environment with its own row locked, and neither stops the other.
   *
   * @throws NotFoundError where there is none.
   */
  async lock(id: RunId): Promise<RunRecord> {
    const row = await this.#db('runs')
      .where({ id })
      .forNoKeyUpdate()
      .first(lockedColumns(this.#db));
    return found(id, row && rowSchema.parse(row));
  }

  async getMany(ids: readonly RunId[]): Promise<RunRecord[]> {
    const rows = await this.#db('runs').whereIn('id', [...ids]);
    return rows.map(row => rowSchema.parse(row));
  }

  /** Takes a run from whoever works on it: what they write from now on is refused. */
  async fence(id: RunId): Promise<void> {
    await this.#db('runs')
      .where({ id })
      .increment('fence', 1)
      .update({ claimed_by: null });
  }

  async update(id: RunId, changes: RunChanges): Promise<void> {
    await this.#db('runs')
      .where({ id })
      .update({
        plan_hash: changes.planHash,
        release_id: changes.releaseId,
        from_release_id: changes.fromReleaseId,
        phase: changes.phase,
        phase_since: changes.phaseSince,
        outcome: changes.outcome && JSON.stringify(changes.outcome),
        rolled_back_to: changes.rolledBackTo,
        builds: changes.builds,
        ticket: changes.ticket,
        cancel_requested_by: changes.cancelRequestedBy,
        started_at: changes.startedAt,
        finished_at: changes.finishedAt,
        log_lines: changes.logLines,
        log_bytes: changes.logBytes,
      });
  }

  /**
   * Notes that people are told of the phase that a run is in; answers whether that falls to the caller, and not to another replica that
   * was first.
   */
  async claimNotice(run: RunRecord): Promise<boolean> {
    const told = `${run.phase} ${run.phaseSince}`;
    const changed = await this.#db('runs')
      .where({ id: run.id })
      .andWhere(untold => untold.whereNull('told').orWhereNot({ told }))
      .update({ told });
    return changed > 0;
  }

  /**
   * Runs of a service, newest first. `environments` narrows the list to those that the asking person may see.
   *
   * @throws InputError for a cursor that this store did not give out.
   */
  async list(
    serviceRef: ServiceRef,
    filter: RunFilter & { environments?: readonly EnvironmentName[] } = {},
  ): Promise<{ items: RunRecord[]; nextCursor: string | null; total: number }> {
    const limit = Math.min(filter.limit ?? DEFAULT_LIMIT, MAX_LIMIT);
    const matching = this.#filter(serviceRef, filter);
    const counted = await matching.clone().count({ total: '*' }).first();
    if (filter.cursor) {
      const [createdAt, id] = readCursor(filter.cursor);
      matching.andWhere(older =>
        older
          .where('created_at', '<', createdAt)
          .orWhere(same =>
            same.where('created_at', createdAt).andWhere('id', '<', id),
          ),
      );
    }
    const rows = await matching
      .orderBy([
        { column: 'created_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .limit(limit + 1);
    const items = rows.slice(0, limit).map(row => rowSchema.parse(row));
    const last = items.at(-1);
    return {
      items,
      nextCursor: rows.length > limit && last ? writeCursor(last) : null,
      total: countColumn.parse(counted?.total),
    };
  }

  /** Names of the environments in which a service ever had a run. */
  async listEnvironments(serviceRef: ServiceRef): Promise<EnvironmentName[]> {
    return this.#db('runs')
      .where({ service_ref: serviceRef })
      .distinct()
      .pluck('environment');
  }

  /** Who ever asked for a run of a service in one of these environments. */
  async listRequesters(
    serviceRef: ServiceRef,
    environments: readonly EnvironmentName[],
  ): Promise<string[]> {
    return this.#db('runs')
      .where({ service_ref: serviceRef })
      .whereIn('environment', [...environments])
      .distinct()
      .orderBy('requested_by')
      .pluck('requested_by');
  }

  /** Runs of a service that are not finished, in the order in which they were asked for. */
  async listUnfinished(serviceRef: ServiceRef): Promise<RunRecord[]> {
    const rows = await this.#db('runs')
      .where({ service_ref: serviceRef })
      .whereIn('phase', [...UNFINISHED_PHASES])
      .orderBy(['created_at', 'id']);
    return rows.map(row => rowSchema.parse(row));
  }

  /** How many runs of all services are in each phase that is not their end. */
  async countUnfinished(): Promise<Map<RunPhase, number>> {
    const rows = await this.#db('runs')
      .whereIn('phase', [...UNFINISHED_PHASES])
      .groupBy('phase')
      .select('phase', this.#db.raw('count(*) as total'));
    const counted = new Map(
      rows
        .map(row => countRowSchema.parse(row))
        .map(({ phase, total }) => [phase, total]),
    );
    return new Map(
      UNFINISHED_PHASES.map(phase => [phase, counted.get(phase) ?? 0]),
    );
  }

  /** The releases that running runs put into an environment. */
  async listBeingDeployed(key: {
    serviceRef: ServiceRef;
    environment: EnvironmentName;
  }): Promise<ReleaseId[]> {
    const ids = await this.#db('runs')
      .where({
        service_ref: key.serviceRef,
        environment: key.environment,
        phase: 'running',
      })
      .pluck('release_id');
    return ids.map(id => releaseIdSchema.parse(id));
  }

  /** Runs of all services that wait for a person, the longest waiting first. */
  async listWaiting(): Promise<RunRecord[]> {
    const rows = await this.#db('runs')
      .where({ phase: 'waiting-for-approval' })
      .orderBy(['phase_since', 'id']);
    return rows.map(row => rowSchema.parse(row));
  }

  /** Runs that wait for an environment, first in, first out. The one that holds it already is the first. */
  async listQueued(key: {
    serviceRef: ServiceRef;
    environment: EnvironmentName;
  }): Promise<RunRecord[]> {
    const rows = await this.#db('runs')
      .where({
        service_ref: key.serviceRef,
        environment: key.environment,
        phase: 'queued',
      })
      .orderBy('ticket');
    return rows.map(row => rowSchema.parse(row));
  }

  /** The last run after which a release of ours served: it succeeded, or brought the previous release back. */
  async getLastDeployed(
    serviceRef: ServiceRef,
    environment: EnvironmentName,
  ): Promise<RunRecord | undefined> {
    const row = await this.#db('runs')
      .where({ service_ref: serviceRef, environment })
      .andWhere(ended =>
        ended
          .where('phase', 'succeeded')
          .orWhere(restored =>
            restored
              .whereIn('phase', ['failed', 'errored'])
              .whereNotNull('rolled_back_to'),
          ),
      )
      .orderBy('ticket', 'desc')
      .first();
    return row && rowSchema.parse(row);
  }

  /** The last run that brought a release into an environment with success; returning to it, which migrates nothing, is not meant. */
  async findSuccess(options: {
    serviceRef: ServiceRef;
    environment: EnvironmentName;
    releaseId: ReleaseId;
  }): Promise<RunRecord | undefined> {
    const row = await this.#db('runs')
      .where({
        service_ref: options.serviceRef,
        environment: options.environment,
        release_id: options.releaseId,
        phase: 'succeeded',
      })
      .whereNot({ operation: 'rollback' })
      .orderBy('ticket', 'desc')
      .first();
    return row && rowSchema.parse(row);
  }

  /** The last successes of an operation in an environment, newest first. */
  async listSuccesses(options: {
    serviceRef: ServiceRef;
    environment: EnvironmentName;
    operation: Operation;
    limit: number;
  }): Promise<RunRecord[]> {
    const rows = await this.#db('runs')
      .where({
        service_ref: options.serviceRef,
        environment: options.environment,
        operation: options.operation,
        phase: 'succeeded',
      })
      .orderBy('ticket', 'desc')
      .limit(options.limit);
    return rows.map(row => rowSchema.parse(row));
  }

  #filter(
    serviceRef: ServiceRef,
    filter: RunFilter & { environments?: readonly EnvironmentName[] },
  ) {
    const query = this.#db<Record<string, unknown>>('runs').where({
      service_ref: serviceRef,
    });
    if (filter.environment) {
      query.andWhere('environment', filter.environment);
    }
    if (filter.environments) {
      query.whereIn('environment', [...filter.environments]);
    }
    if (filter.phases) {
      query.whereIn('phase', filter.phases);
    }
    if (filter.operation) {
      query.andWhere('operation', filter.operation);
    }
    if (filter.by) {
      query.andWhere('requested_by', filter.by);
    }
    if (filter.from) {
      query.andWhere('created_at', '>=', new Date(filter.from).toISOString());
    }
    if (filter.to) {
      query.andWhere('created_at', '<', new Date(filter.to).toISOString());
    }
    return query;
  }
}

function found(id: RunId, run: RunRecord | undefined): RunRecord {
  if (!run) {
    throw new NotFoundError(`There is no run ${id}`);
  }
  return run;
}

function writeCursor(run: RunRecord): string {
  return Buffer.from(JSON.stringify([run.createdAt, run.id])).toString(
    'base64url',
  );
}

function readCursor(cursor: string): [string, string] {
  try {
    return cursorSchema.parse(
      JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')),
    );
  } catch {
    throw new InputError('That cursor is not one of this list');
  }
}
