import {
  EnvironmentName,
  RunId,
  runIdSchema,
  ServiceRef,
} from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';
import { z } from 'zod';
import { lockedColumns } from './lockedColumns';

const rowSchema = z
  .object({
    last_ticket: z.number().int(),
    held_by: runIdSchema.nullable(),
  })
  .transform(row => ({ lastTicket: row.last_ticket, heldBy: row.held_by }));

type Key = { serviceRef: ServiceRef; environment: EnvironmentName };

/**
 * The queue of each environment: who holds it, and the last ticket that was drawn.
 *
 * @remarks
 *
 * Every change to a queue takes the lock of its environment first, within the transaction of the change. Transactions
 * lock the run that they are about before the environment, never the other way round, so none waits for another in a circle.
 */
export class EnvironmentStore {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  /** Locks an environment's queue until the transaction ends, and tells who holds the environment. */
  async lock(key: Key): Promise<{ heldBy: RunId | null }> {
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
    await this.lock(key);
    await this.#db('environments')
      .where(toWhere(key))
      .increment('last_ticket', 1);
    const row = await this.#db('environments').where(toWhere(key)).first();
    return rowSchema.parse(row).lastTicket;
  }

  /** Gives the environment to a run, or to nobody. */
  async setHolder(key: Key, heldBy: RunId | null): Promise<void> {
    await this.#db('environments')
      .where(toWhere(key))
      .update({ held_by: heldBy });
  }
}

function toWhere(key: Key) {
  return { service_ref: key.serviceRef, name: key.environment };
}
