import { RunId } from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';

/** The right to take one run further, until the engine takes it back or gives it to another. */
export interface Claim {
  readonly runId: RunId;
  /** Aborted when the claim is lost, or when the worker has to go at once. What is under way then is left as it is. */
  readonly signal: AbortSignal;
  /** Whether the engine wants the run back before its next step begins. */
  readonly draining: boolean;

  /**
   * Writes progress of the run. The run is locked, and the claim checked, within the transaction of the write: a worker
   * that lost its claim writes nothing. The writer gets the run's row as it is now.
   *
   * @throws ClaimLostError where the claim is not current any more.
   */
  tx<T>(write: (trx: Knex.Transaction, row: unknown) => Promise<T>): Promise<T>;

  /** Whether the database can write progress in one statement. */
  readonly canWriteAtOnce: boolean;

  /**
   * Writes progress like `tx`, in one statement and so in one round trip. The statement has the locked row of the run as
   * `claimed`, which is empty where the claim is not current: what it writes has to be bound to that, and it has to return one
   * row for it.
   *
   * @throws ClaimLostError where the claim is not current any more.
   */
  writeAtOnce(
    build: (claimed: Knex.QueryBuilder) => Knex.QueryBuilder,
  ): Promise<unknown>;
}

/** Takes a run as far as it can go: `parked` waits for a person, for its environment or for a time. */
export type Advance = (claim: Claim) => Promise<'done' | 'parked'>;

/**
 * Brings runs to those who advance them: claims, wakes, and gives a run to another worker when one went away. A run is
 * claimed by one worker at a time.
 */
export interface RunEngine {
  start(advance: Advance): Promise<void>;

  /** Has a run looked at, once the transaction is committed and not before `at`. */
  wake(
    runId: RunId,
    options: { trx: Knex.Transaction; at?: Date },
  ): Promise<void>;

  /** Claims no more, lets runs come to the end of their step, and aborts those that took longer than that. */
  stop(options: { graceMs: number }): Promise<void>;
}
