import { LoggerService } from '@backstage/backend-plugin-api';
import { stringifyError } from '@backstage/errors';
import { RunId } from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';
import { ClaimLostError } from './ClaimLostError';
import { FencedClaim } from './FencedClaim';
import { adoptWakes } from './postgres/adoptWakes';
import { Leases } from './postgres/Leases';
import { RunClaims, TakenRun } from './postgres/RunClaims';
import { RunJob, RunQueue } from './postgres/RunQueue';
import { sharesSessions } from './postgres/sharesSessions';
import { wakeForgotten } from './postgres/wakeForgotten';
import { retryDelay } from './retryDelay';
import { Advance, RunEngine } from './RunEngine';
import { settleWithin } from './settleWithin';

/** How often to look for jobs without being told: those for a certain time are found so, and those of dead workers. */
const DEFAULT_POLL_INTERVAL_MS = 500;

/** How many runs progress at once in this process. */
const DEFAULT_CONCURRENCY = 8;

/** How long work that was aborted may take to come to rest. */
const DEFAULT_ABORT_WAIT_MS = 5_000;

/** How often runs are looked for that no job belongs to, milliseconds. */
const SEARCH_INTERVAL_MS = 60_000;

/** How long a run is worked on in one go, milliseconds; the queue takes a job away after 24 hours. */
const MAX_CLAIM_MS = 12 * 3_600_000;

/**
 * The engine for any number of replicas on PostgreSQL. Jobs of pg-boss say which runs have to be looked at; a worker that has a
 * job claims the run for it. A wake for a run that somebody works on is noted at the run, and has it looked at once more.
 */
export class PgBossRunEngine implements RunEngine {
  readonly #knex: Knex;
  readonly #queue: RunQueue;
  readonly #logger: LoggerService;
  readonly #claims: RunClaims;
  readonly #leases: Leases;
  readonly #pollIntervalMs: number;
  readonly #concurrency: number;
  readonly #abortWaitMs: number;
  /** Jobs that were taken and whose runs are being claimed. */
  readonly #claiming = new Set<Promise<void>>();
  /** Claims, and when what is done for them has come to rest. */
  readonly #active = new Map<FencedClaim, Promise<void>>();
  #advance: Advance | undefined;
  #isListening = false;
  #listener: { close(): Promise<void> } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #searchTimer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #lookAgain = false;

  private constructor(options: PgBossRunEngineOptions & { queue: RunQueue }) {
    this.#knex = options.knex;
    this.#queue = options.queue;
    this.#logger = options.logger;
    this.#claims = new RunClaims(options);
    this.#leases = new Leases(options);
    this.#pollIntervalMs = options.pollIntervalMs ?? DEFAULT_POLL_INTERVAL_MS;
    this.#concurrency = options.concurrency ?? DEFAULT_CONCURRENCY;
    this.#abortWaitMs = options.abortWaitMs ?? DEFAULT_ABORT_WAIT_MS;
  }

  /**
   * Prepares the queue, so that runs can be woken. None is advanced before `start`.
   *
   * @throws Error that says what to grant, where the rights do not suffice.
   */
  static async create(
    options: PgBossRunEngineOptions & { schema: string; migrate: boolean },
  ): Promise<PgBossRunEngine> {
    const queue = await RunQueue.create(options);
    return new PgBossRunEngine({ ...options, queue });
  }

  /** Begins to work. Wakes that the embedded engine has left are taken over. */
  async start(advance: Advance): Promise<void> {
    await adoptWakes(this.#knex, this.#queue);
    await wakeForgotten(this.#knex, this.#queue, [
      'waiting-for-approval',
      'waiting-for-gates',
      'queued',
      'running',
    ]);
    await this.#listen();
    this.#leases.start();
    this.#searchTimer = setInterval(() => this.#search(), SEARCH_INTERVAL_MS);
    this.#searchTimer.unref();
    this.#advance = advance;
    this.#look();
  }

  async wake(
    runId: RunId,
    options: { trx: Knex.Transaction; at?: Date },
  ): Promise<void> {
    await this.#queue.add({ runId }, options);
    if (!this.#isListening) {
      options.trx.executionPromise.then(
        () => this.#look(),
        () => undefined,
      );
    }
  }

  async stop(options: { graceMs: number }): Promise<void> {
    this.#advance = undefined;
    clearTimeout(this.#timer);
    clearInterval(this.#searchTimer);
    this.#drain();
    await this.#listener?.close();
    await this.#looking;
    await Promise.all(this.#claiming);
    this.#drain();
    await this.#settle(options.graceMs);
    for (const claim of this.#active.keys()) {
      claim.abort(new ClaimLostError('The portal is stopping'));
    }
    await this.#settle(this.#abortWaitMs);
    this.#leases.stop();
    await this.#queue.close();
  }

  async #listen(): Promise<void> {
    if (await sharesSessions(this.#knex)) {
      this.#logger.warn(
        `A pooler in transaction mode is between the portal and PostgreSQL, so nothing can be listened to: runs are found by looking every ${this.#pollIntervalMs} ms. Give backend.database a connection in session mode, or past the pooler, for the plugin deployments`,
      );
      return;
    }
    this.#listener = await this.#queue.listen(() => this.#look());
    this.#isListening = true;
  }

  /** Looks for jobs to take; if that is under way, it is done once more after it. */
  #look(): void {
    if (this.#looking) {
      this.#lookAgain = true;
      return;
    }
    if (!this.#advance) {
      return;
    }
    clearTimeout(this.#timer);
    this.#looking = this.#takeAll()
      .catch(error => {
        this.#logger.error(`Could not look for runs: ${stringifyError(error)}`);
        this.#lookAgain = false;
      })
      .then(() => {
        this.#looking = undefined;
        if (this.#lookAgain) {
          this.#lookAgain = false;
          this.#look();
        } else if (this.#advance) {
          this.#timer = setTimeout(() => this.#look(), this.#pollIntervalMs);
          this.#timer.unref();
        }
      });
  }

  async #takeAll(): Promise<void> {
    while (this.#canTake()) {
      const since = performance.now();
      const job = await this.#queue.take();
      if (!job) {
        return;
      }
      // A run may be locked for seconds by a worker that was stopped. Others must not wait for it.
      const claiming = this.#claim(job, since).then(isBegun => {
        this.#claiming.delete(claiming);
        if (!isBegun) {
          this.#look();
        }
      });
      this.#claiming.add(claiming);
    }
  }

  #canTake(): boolean {
    const taken = this.#active.size + this.#claiming.size;
    return this.#advance !== undefined && taken < this.#concurrency;
  }

  /** Claims the run of a job and begins on it; tells whether it came to that. */
  async #claim(job: RunJob, since: number): Promise<boolean> {
    try {
      const claim = await this.#claims.claim(job);
      if (claim && this.#advance) {
        this.#begin({ job, claim, since }, this.#advance);
        return true;
      }
      if (claim) {
        // The portal began to stop in the meantime, so the run is another replica's to look at.
        const { failures } = job;
        await this.#release(
          { job, claim, since },
          { failures, at: new Date() },
        );
      }
    } catch (error) {
      this.#logger.error(
        `The run could not be claimed, so it is tried again after a while: ${stringifyError(error)}`,
        { runId: job.runId },
      );
    }
    return false;
  }

  #begin(taken: TakenRun, advance: Advance): void {
    const { claim } = taken;
    this.#leases.add(taken);
    const timer = setTimeout(() => claim.drain(), MAX_CLAIM_MS);
    timer.unref();
    // A claim that this process lost may take a while until it has come to rest.
    const earlier = [...this.#active.keys()].find(
      ({ runId }) => runId === claim.runId,
    );
    const settled = Promise.resolve(earlier && this.#active.get(earlier))
      .then(() => this.#work(taken, advance))
      .finally(() => {
        clearTimeout(timer);
        this.#leases.remove(claim);
        this.#active.delete(claim);
        this.#look();
      });
    this.#active.set(claim, settled);
  }

  #drain(): void {
    for (const claim of this.#active.keys()) {
      claim.drain();
    }
  }

  async #work(taken: TakenRun, advance: Advance): Promise<void> {
    const { job, claim } = taken;
    const logger = this.#logger.child({ runId: job.runId });
    let next: { failures: number; at: Date } | undefined;
    try {
      const result = await advance(claim);
      if (result === 'parked' && claim.draining) {
        next = { failures: 0, at: new Date() };
      }
    } catch (error) {
      const isLost = error instanceof ClaimLostError;
      const failures = isLost ? job.failures : job.failures + 1;
      const waitMs = isLost || claim.draining ? 0 : retryDelay(failures);
      if (!isLost) {
        logger.error(
          `The run could not be taken further, next try in ${waitMs} ms`,
          error instanceof Error ? error : { error: String(error) },
        );
      }
      next = { failures, at: new Date(Date.now() + waitMs) };
    }
    await this.#release(taken, next);
  }

  async #release(
    taken: TakenRun,
    next: { failures: number; at: Date } | undefined,
  ): Promise<void> {
    try {
      await this.#claims.release(taken, next);
    } catch (error) {
      this.#logger.warn(
        `The run could not be given back, so it is taken away after a while: ${stringifyError(error)}`,
        { runId: taken.job.runId },
      );
    }
  }

  #search(): void {
    const phases = ['waiting-for-gates', 'queued', 'running'] as const;
    wakeForgotten(this.#knex, this.#queue, phases).catch(error => {
      this.#logger.warn(
        `Could not look for forgotten runs: ${stringifyError(error)}`,
      );
    });
  }

  async #settle(withinMs: number): Promise<void> {
    await settleWithin([...this.#active.values()], withinMs);
  }
}

export type PgBossRunEngineOptions = {
  knex: Knex;
  logger: LoggerService;
  pollIntervalMs?: number;
  concurrency?: number;
  abortWaitMs?: number;
};
