import { LoggerService } from '@backstage/backend-plugin-api';
import { Knex } from 'knex';
import { z } from 'zod';
import { lockedColumns } from '../../stores';
import { FencedClaim } from '../FencedClaim';
import { retryDelay } from '../retryDelay';
import { RunJob, RunQueue } from './RunQueue';

/** A run that brought down its worker is left alone for a while where it could not be taken further so many times in a row. */
const MAX_CRASHES = 10;

/** By how much a claim raises the fence at least, and by less than twice as much. */
export const FENCE_STEP = 1_000;

const rowSchema = z.object({ claimed_by: z.string().nullable() });
const fenceSchema = z.object({ fence: z.number().int() });
const wokenSchema = z.object({ woken: z.boolean() });

/** A run with the job for which it was claimed; `since` is the moment, by `performance.now()`, before that was asked for. */
export type TakenRun = { job: RunJob; claim: FencedClaim; since: number };

/**
 * Claims runs for jobs, and gives them back.
 *
 * @remarks
 *
 * Whatever locks both locks a job before its run, never the other way round.
 */
export class RunClaims {
  readonly #knex: Knex;
  readonly #queue: RunQueue;
  readonly #logger: LoggerService;

  constructor(options: { knex: Knex; queue: RunQueue; logger: LoggerService }) {
    this.#knex = options.knex;
    this.#queue = options.queue;
    this.#logger = options.logger;
  }

  /** Takes the next job, and claims its run for it; the job of a run that somebody works on leaves a note and goes. */
  async take(): Promise<TakenRun | 'no claim' | 'nothing'> {
    const since = performance.now();
    const job = await this.#queue.take();
    if (!job) {
      return 'nothing';
    }
    const fence = isCrashing(job) ? undefined : await this.#claimFree(job);
    return fence === undefined
      ? this.#claimOther(job, since)
      : this.#createTaken({ job, since, fence });
  }

  /** Claims the run of a job where nobody has it, which is nearly always so. */
  async #claimFree(job: RunJob): Promise<number | undefined> {
    const [claimed] = await this.#knex('runs')
      .with('taken', this.#queue.lockTaken(job, this.#knex).select('id'))
      .where({ id: job.runId })
      .whereExists(this.#knex.from('taken').select('id'))
      .andWhere(free =>
        free.whereNull('claimed_by').orWhere({ claimed_by: job.id }),
      )
      .update(this.#describeClaim(job), ['fence']);
    return claimed && fenceSchema.parse(claimed).fence;
  }

  /** Claims the run of a job where nobody alive has it. */
  async #claimOther(
    job: RunJob,
    since: number,
  ): Promise<TakenRun | 'no claim'> {
    return this.#knex.transaction(async trx => {
      const taken: unknown = await this.#queue
        .lockTaken(job, trx)
        .first(lockedColumns(trx));
      if (!taken) {
        return 'no claim';
      }
      const row: unknown = await trx('runs')
        .where({ id: job.runId })
        .forNoKeyUpdate()
        .first();
      if (!row) {
        await this.#queue.remove(job, trx);
        return 'no claim';
      }
      const holder = rowSchema.parse(row).claimed_by;
      if (holder && holder !== job.id && (await this.#isAlive(holder, trx))) {
        await trx('runs').where({ id: job.runId }).update({ woken: true });
        await this.#queue.remove(job, trx);
        return 'no claim';
      }
      if (isCrashing(job)) {
        await this.#putOff(job, trx);
        return 'no claim';
      }
      const [claimed] = await trx('runs')
        .where({ id: job.runId })
        .update(this.#describeClaim(job), ['fence']);
      const { fence } = fenceSchema.parse(claimed);
      return this.#createTaken({ job, since, fence });
    });
  }

  #describeClaim(job: RunJob) {
    return {
      // A standby that was behind may give out the same job once more: what was claimed before it took over must not fit.
      fence: this.#knex.raw('fence + ? + floor(random() * ?)::int', [
        FENCE_STEP,
        FENCE_STEP,
      ]),
      claimed_by: job.id,
      woken: false,
    };
  }

  #createTaken(of: { job: RunJob; since: number; fence: number }): TakenRun {
    const { job, since, fence } = of;
    const claim = new FencedClaim({
      knex: this.#knex,
      runId: job.runId,
      fence,
      claimedBy: job.id,
    });
    return { job, claim, since };
  }

  /** Whether a claim will be given back, by who has it or by who takes it over. */
  async #isAlive(holder: string, trx: Knex.Transaction): Promise<boolean> {
    const id = z.uuid().safeParse(holder);
    return id.success && this.#queue.has(id.data, trx);
  }

  /** Gives the replicas some rest from a run that brings them down. */
  async #putOff(job: RunJob, trx: Knex.Transaction): Promise<void> {
    const failures = job.failures + job.retryCount;
    const waitMs = retryDelay(failures);
    this.#logger.error(
      `The run could not be taken further ${failures} times in a row, the last time because its worker went away; next try in ${waitMs} ms`,
      { runId: job.runId },
    );
    await this.#queue.remove(job, trx);
    await trx('runs').where({ id: job.runId }).update({ claimed_by: null });
    await this.#queue.add(
      { runId: job.runId, failures },
      { trx, at: new Date(Date.now() + waitMs) },
    );
  }

  /** Gives a claim back, and has the run looked at again where it was woken or `next` says so. A claim that was lost is another's to give back. */
  async release(
    taken: TakenRun,
    next: { failures: number; at: Date } | undefined,
  ): Promise<void> {
    const { job } = taken;
    if (!next && (await this.#giveBack(taken))) {
      // Where this does not come about, the run is looked at once more, and there is nothing to do.
      await this.#queue.remove(job, this.#knex);
      return;
    }
    await this.#knex.transaction(async trx => {
      const ours: unknown = await this.#queue
        .lockTaken(job, trx)
        .first(lockedColumns(trx));
      if (!ours) {
        return;
      }
      await this.#queue.remove(job, trx);
      const [row] = await trx('runs')
        .where({ id: job.runId, claimed_by: job.id })
        .update({ claimed_by: null }, ['woken']);
      if (row && wokenSchema.parse(row).woken) {
        await this.#queue.add({ runId: job.runId }, { trx });
      } else if (next) {
        await this.#queue.add(
          { runId: job.runId, failures: next.failures },
          { trx, at: next.at },
        );
      }
    });
  }

  /** Gives a run back that nobody woke meanwhile. */
  async #giveBack({ job, claim }: TakenRun): Promise<boolean> {
    const changed = await this.#knex('runs')
      .where({
        id: job.runId,
        claimed_by: job.id,
        fence: claim.fence,
        woken: false,
      })
      .update({ claimed_by: null });
    return changed > 0;
  }
}

/** Whether the run of a job brought down its worker again, after it could not be taken further many times in a row. */
function isCrashing({ retryCount, failures }: RunJob): boolean {
  return retryCount > 0 && failures + retryCount >= MAX_CRASHES;
}
