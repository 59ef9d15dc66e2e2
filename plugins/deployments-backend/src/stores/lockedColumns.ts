import { Knex } from 'knex';

/** How long a transaction that holds a lock may wait for its client, milliseconds. None of ours waits for anything but the database. */
const IDLE_LIMIT_MS = 3_000;

const LIMIT = `set_config('idle_in_transaction_session_timeout', '${IDLE_LIMIT_MS}', true)`;

/**
 * What a query that locks rows has to return beside what it is asked for.
 *
 * @remarks
 *
 * A process that is stopped within a transaction, or cut off in silence, would keep its locks for as long as that lasts, and
 * whoever takes its run over would wait for it. So PostgreSQL is told to end such a transaction: with the query that locks, which costs no
 * round trip of its own, and for that transaction only.
 */
export function limitIdling(db: Knex): Knex.Raw[] {
  return db.client.config.client === 'pg'
    ? [db.raw(`${LIMIT} AS idle_limit`)]
    : [];
}

/** All columns, to be read of a row that is locked with them, see {@link limitIdling}. */
export function lockedColumns(db: Knex): Array<string | Knex.Raw> {
  return ['*', ...limitIdling(db)];
}
