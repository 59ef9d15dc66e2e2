import { RunId } from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';
import { lockedColumns } from '../stores';
import { ClaimLostError } from './ClaimLostError';
import { Claim } from './RunEngine';

/**
 * A claim that is told from all earlier ones of its run by a number, the fence, which each claim raises.
 */
export class FencedClaim implements Claim {
  readonly runId: RunId;
  readonly #knex: Knex;
  readonly #fence: number;
  readonly #claimedBy: string;
  readonly #controller = new AbortController();
  #until = Infinity;
  #draining = false;

  constructor(options: {
    knex: Knex;
    runId: RunId;
    fence: number;
    claimedBy: string;
  }) {
    this.runId = options.runId;
    this.#knex = options.knex;
    this.#fence = options.fence;
    this.#claimedBy = options.claimedBy;
  }

  /** Higher than that of every claim before it. */
  get fence(): number {
    return this.#fence;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** Asks for the run to be given back before its next step. */
  drain(): void {
    this.#draining = true;
  }

  /** Until when, by `performance.now()`, nobody else can have the run. */
  trustUntil(moment: number): void {
    this.#until = moment;
  }

  /** Has the work on the run stopped at once. */
  abort(reason: Error): void {
    this.#draining = true;
    this.#controller.abort(reason);
  }

  async tx<T>(
    write: (trx: Knex.Transaction, row: unknown) => Promise<T>,
  ): Promise<T> {
    const result = await this.#knex.transaction(async trx => {
      const row: unknown = await this.#lock(trx).first(lockedColumns(trx));
      if (!row) {
        throw this.#lose();
      }
      return write(trx, row);
    });
    this.#checkTime();
    return result;
  }

  /** PostgreSQL alone lets a `WITH` change rows. */
  get canWriteAtOnce(): boolean {
    return this.#knex.client.config.client === 'pg';
  }

  async writeAtOnce(
    build: (claimed: Knex.QueryBuilder) => Knex.QueryBuilder,
  ): Promise<unknown> {
    const [row]: unknown[] = await build(
      this.#knex.with('claimed', this.#lock(this.#knex)),
    );
    if (!row) {
      throw this.#lose();
    }
    this.#checkTime();
    return row;
  }

  /**
   * What follows a write is an effect, so the clock is looked at when the answer is there: the process may have been stopped while it
   * waited for it, for longer than its claim lasts.
   */
  #checkTime(): void {
    if (performance.now() >= this.#until) {
      throw this.#lose();
    }
  }

  #lock(db: Knex): Knex.QueryBuilder {
    return db('runs')
      .where({
        id: this.runId,
        fence: this.#fence,
        claimed_by: this.#claimedBy,
      })
      .forNoKeyUpdate();
  }

  #lose(): ClaimLostError {
    const lost = new ClaimLostError(
      `Another worker took the run ${this.runId}`,
    );
    this.abort(lost);
    return lost;
  }
}
