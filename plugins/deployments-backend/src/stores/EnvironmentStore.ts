import {
  EnvironmentName,
  environmentNameSchema,
  Hold,
  holdSchema,
  RunId,
  runIdSchema,
  ServiceRef,
  serviceRefSchema,
} from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';
import { z } from 'zod';
import { jsonColumn } from './columns';
import { limitIdling, lockedColumns } from './lockedColumns';

const ticketSchema = z.object({ last_ticket: z.number().int() });

const rowSchema = z
  .object({
    held_by: runIdSchema.nullable(),
    hold: jsonColumn(holdSchema).nullable(),
  })
  .transform(row => ({
    /** The run that has the environment. */
    heldBy: row.held_by,
    /** What keeps automatic runs out. */
    hold: row.hold,
  }));

const keySchema = z
  .object({ service_ref: serviceRefSchema, name: environmentNameSchema })
  .transform(row => ({ serviceRef: row.service_ref, environment: row.name }));

/** Who has an environment, and what keeps automatic runs out of it. */
export type EnvironmentRecord = z.infer<typeof rowSchema>;

type Key = { serviceRef: ServiceRef; environment: EnvironmentName };

/**
 * The queue of each environment: who holds it, and the last ticket that was drawn.
 *
 * @remarks
 *
 * Every change to a queue takes the lock of its environment within the transaction of the change, and looks at the queue under it. Transactions
 * lock the run that they are about before the environment, never the other way round, so none waits for another in a circle.
 */
export class EnvironmentStore {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  /** An environment as it is, without its lock. */
  async get(key: Key): Promise<EnvironmentRecord> {
    const row = await this.#db('environments').where(toWhere(key)).first();
    return row ? rowSchema.parse(row) : { heldBy: null, hold: null };
  }

  /** Environments of all services that a run has, or that are held. */
  async listOccupied(): Promise<Array<Key & EnvironmentRecord>> {
    const rows = await this.#db('environments')
      .whereNotNull('held_by')
      .orWhereNotNull('hold');
    return rows.map(row => ({
      ...keySchema.parse(row),
      ...rowSchema.parse(row),
    }));
  }

  /** Locks an environment's queue until the transaction ends, and tells how it is. */
  async lock(key: Key): Promise<EnvironmentRecord> {
    const present = await this.#lockRow(key);
    if (present) {
      return rowSchema.parse(present);
    }
    await this.#db('environments')
      .insert({ ...toWhere(key), last_ticket: 0, held_by: null })
      .onConflict(['service_ref', 'name'])
      .ignore();
    return rowSchema.parse(await this.#lockRow(key));
  }

  async #lockRow(key: Key): Promise<unknown> {
    return this.#db('environments')
      .where(toWhere(key))
      .forUpdate()
      .first(lockedColumns(this.#db));
  }

  /** The next number of the queue; takes its lock. */
  async drawTicket(key: Key): Promise<number> {
    const drawn = await this.#raiseTicket(key);
    if (drawn !== undefined) {
      return drawn;
    }
    await this.lock(key);
    return z.number().parse(await this.#raiseTicket(key));
  }

  async #raiseTicket(key: Key): Promise<number | undefined> {
    const [row] = await this.#db('environments')
      .where(toWhere(key))
      .update({ last_ticket: this.#db.raw('last_ticket + 1') })
      .returning(['last_ticket', ...limitIdling(this.#db)]);
    return row && ticketSchema.parse(row).last_ticket;
  }

  /** Gives the environment to a run, or to nobody. */
  async setHolder(key: Key, heldBy: RunId): Promise<void> {
    await this.#db('environments')
      .where(toWhere(key))
      .update({ held_by: heldBy });
  }

  /** Takes the environment from a run, and locks its queue; undefined where another run has it. */
  async leave(key: Key, runId: RunId): Promise<EnvironmentRecord | undefined> {
    const [row]: unknown[] = await this.#db('environments')
      .where(toWhere(key))
      .andWhere(own => own.whereNull('held_by').orWhere({ held_by: runId }))
      .update({ held_by: null })
      .returning(lockedColumns(this.#db));
    return row === undefined ? undefined : rowSchema.parse(row);
  }

  /** Keeps automatic runs out, or lets them in again. */
  async setHold(key: Key, hold: Hold | null): Promise<void> {
    await this.#db('environments')
      .where(toWhere(key))
      .update({ hold: hold && JSON.stringify(hold) });
  }
}

function toWhere(key: Key) {
  return { service_ref: key.serviceRef, name: key.environment };
}
