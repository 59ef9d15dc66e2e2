import { randomUUID } from 'node:crypto';
import { LoggerService } from '@backstage/backend-plugin-api';
import { RunId, runIdSchema } from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';
import { z } from 'zod';
import { ClaimLostError } from './ClaimLostError';
import { FencedClaim } from './FencedClaim';
import { retryDelay } from './retryDelay';
import { Advance, RunEngine } from './RunEngine';
import { settleWithin } from './settleWithin';

/** How often to look for runs without being woken: what was missed is found then. */
const DEFAULT_POLL_INTERVAL_MS = 5_000;

/** How many runs progress at once. */
const DEFAULT_CONCURRENCY = 8;

/** How long work that was aborted may take to come to rest. */
const DEFAULT_ABORT_WAIT_MS = 5_000;

const dueSchema = z.object({ run_id: runIdSchema });
const fenceSchema = z.object({ fence: z.number().int() });

type Active = { claim: FencedClaim; settled: Promise<void> };

/**
 * The engine for a portal of one process. Wakes are kept in a table, so none is lost with the process, and noticed in
 * memory, so none has to wait for the poll.
 */
export class EmbeddedRunEngine implements RunEngine {
  readonly #knex: Knex;
  readonly #logger: LoggerService;
  readonly #pollIntervalMs: number;
  readonly #concurrency: number;
  readonly #abortWaitMs: number;
  readonly #name = randomUUID();
  readonly #active = new Map<RunId, Active>();
  readonly #failures = new Map<RunId, number>();
  #advance: Advance | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #lookAgain = false;

  constructor(options: {
    knex: Knex;
    logger: LoggerService;
    pollIntervalMs?: number;
    concurrency?: number;
    abortWaitMs?: number;
  }) {
    this.#knex = options.knex;
    this.#logger = options.logger;
    this.#pollIntervalMs = options.pollIntervalMs ?? DEFAULT_POLL_INTERVAL_MS;
    this.#concurrency = options.concurrency ?? DEFAULT_CONCURRENCY;
    this.#abortWaitMs = options.abortWaitMs ?? DEFAULT_ABORT_WAIT_MS;
  }

  /** Begins to work. What an earlier process had claimed is free again: there is one process only, and it is this one. */
  async start(advance: Advance): Promise<void> {
    await this.#knex.transaction(async trx => {
      const orphans = await trx('runs')
        .whereNotNull('claimed_by')
        .forUpdate()
        .select('id');
      for (const { id } of orphans) {
        await trx('runs').where({ id }).update({ claimed_by: null });
        await this.#keepWake(trx, runIdSchema.parse(id), new Date());
      }
    });
    this.#advance = advance;
    this.#look();
  }

  async wake(
    runId: RunId,
    options: { trx: Knex.Transaction; at?: Date },
  ): Promise<void> {
    await this.#keepWake(options.trx, runId, options.at ?? new Date());
    options.trx.executionPromise.then(
      () => this.#look(),
      () => undefined,
    );
  }

  async stop(options: { graceMs: number }): Promise<void> {
    this.#advance = undefined;
    clearTimeout(this.#timer);
    await this.#looking;
    for (const { claim } of this.#active.values()) {
      claim.drain();
    }
    await this.#settle(options.graceMs);
    for (const { claim } of this.#active.values()) {
      claim.abort(new ClaimLostError('The portal is stopping'));
    }
    await this.#settle(this.#abortWaitMs);
  }

  /** Looks for runs to claim; if that is under way, it is done once more after it. */
  #look(): void {
    if (this.#looking) {
      this.#lookAgain = true;
      return;
    }
    if (!this.#advance) {
      return;
    }
    clearTimeout(this.#timer);
    this.#looking = this.#claimAll()
      .catch(error => {
        this.#logger.error('Could not look for runs', error);
        return this.#pollIntervalMs;
      })
      .then(waitMs => {
        this.#looking = undefined;
        if (this.#lookAgain) {
          this.#lookAgain = false;
          this.#look();
        } else if (this.#advance) {
          this.#timer = setTimeout(() => this.#look(), waitMs);
          this.#timer.unref();
        }
      });
  }

  /** Claims what is due, and tells after how many milliseconds to look again. */
  async #claimAll(): Promise<number> {
    await this.#reclaimAbandoned();
    while (this.#advance && this.#active.size < this.#concurrency) {
      const claim = await this.#claimNext();
      if (!claim) {
        break;
      }
      if (!this.#advance) {
        // The portal began to stop in the meantime.
        await this.#release(claim, new Date());
        break;
      }
      const settled = this.#work(claim, this.#advance).finally(() => {
        this.#active.delete(claim.runId);
        this.#look();
      });
      this.#active.set(claim.runId, { claim, settled });
    }
    return this.#untilNext();
  }

  /** Frees runs that are claimed by this engine though nobody works on them: the database was away when they should have been given back. */
  async #reclaimAbandoned(): Promise<void> {
    const abandoned = await this.#knex('runs')
      .where({ claimed_by: this.#name })
      .whereNotIn('id', [...this.#active.keys()])
      .select('id');
    for (const { id } of abandoned) {
      await this.#knex.transaction(async trx => {
        await trx('runs').where({ id }).update({ claimed_by: null });
        await this.#keepWake(trx, runIdSchema.parse(id), new Date());
      });
    }
  }

  async #claimNext(): Promise<FencedClaim | undefined> {
    return this.#knex.transaction(async trx => {
      const due = await trx('run_wakes')
        .join('runs', 'runs.id', 'run_wakes.run_id')
        .whereNull('runs.claimed_by')
        .andWhere('run_wakes.wake_at', '<=', new Date().toISOString())
        .orderBy(['run_wakes.wake_at', 'run_wakes.run_id'])
        .first('run_wakes.run_id');
      if (!due) {
        return undefined;
      }
      const runId = dueSchema.parse(due).run_id;
      // The run before its wake, as every transaction locks them.
      await trx('runs')
        .where({ id: runId })
        .increment('fence', 1)
        .update({ claimed_by: this.#name });
      await trx('run_wakes').where({ run_id: runId }).delete();
      const row = await trx('runs').where({ id: runId }).first('fence');
      return new FencedClaim({
        knex: this.#knex,
        runId,
        fence: fenceSchema.parse(row).fence,
        claimedBy: this.#name,
      });
    });
  }

  async #work(claim: FencedClaim, advance: Advance): Promise<void> {
    const logger = this.#logger.child({ runId: claim.runId });
    try {
      const result = await advance(claim);
      this.#failures.delete(claim.runId);
      const interrupted = result === 'parked' && claim.draining;
      await this.#release(claim, interrupted ? new Date() : undefined);
    } catch (error) {
      const failures = (this.#failures.get(claim.runId) ?? 0) + 1;
      this.#failures.set(claim.runId, failures);
      const waitMs = claim.draining ? 0 : retryDelay(failures);
      if (!(error instanceof ClaimLostError)) {
        logger.error(
          `The run could not be taken further, next try in ${waitMs} ms`,
          error instanceof Error ? error : { error: String(error) },
        );
      }
      await this.#release(claim, new Date(Date.now() + waitMs)).catch(
        released => {
          logger.error('The run could not be given back', released);
        },
      );
    }
  }

  async #release(claim: FencedClaim, wakeAt: Date | undefined): Promise<void> {
    try {
      await claim.tx(async trx => {
        await trx('runs')
          .where({ id: claim.runId })
          .update({ claimed_by: null });
        if (wakeAt) {
          await this.#keepWake(trx, claim.runId, wakeAt);
        }
      });
    } catch (error) {
      if (!(error instanceof ClaimLostError)) {
        throw error;
      }
    }
  }

  /** Keeps a wake; of two for the same run the earlier one holds. */
  async #keepWake(trx: Knex.Transaction, runId: RunId, at: Date) {
    await trx('run_wakes')
      .insert({ run_id: runId, wake_at: at.toISOString() })
      .onConflict('run_id')
      .merge()
      .where('run_wakes.wake_at', '>', at.toISOString());
  }

  async #untilNext(): Promise<number> {
    const next = await this.#knex('run_wakes')
      .join('runs', 'runs.id', 'run_wakes.run_id')
      .whereNull('runs.claimed_by')
      .min({ at: 'run_wakes.wake_at' })
      .first();
    const at = z
      .string()
      .nullable()
      .parse(next?.at ?? null);
    if (at === null || this.#active.size >= this.#concurrency) {
      return this.#pollIntervalMs;
    }
    const waitMs = Date.parse(at) - Date.now();
    return Math.min(Math.max(waitMs, 0), this.#pollIntervalMs);
  }

  async #settle(withinMs: number): Promise<void> {
    await settleWithin(
      [...this.#active.values()].map(({ settled }) => settled),
      withinMs,
    );
  }
}
