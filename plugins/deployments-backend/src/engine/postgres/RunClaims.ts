import { LoggerService } from '@backstage/backend-plugin-api';
import { Knex } from 'knex';
import { z } from 'zod';
import { lockedColumns } from '../../stores';
import { FencedClaim } from '../FencedClaim';
import { retryDelay } from '../retryDelay';
import { RunJob, RunQueue } from './RunQueue';

/** A run is left alone for a while where so many workers in a row went away without having taken it any further. */
const MAX_CRASHES = 10;

/** By how much a claim raises the fence at least, and by less than twice as much. */
export const FENCE_STEP = 1_000;

const rowSchema = z.object({
  claimed_by: z.string().nullable(),
  phase: z.string(),
  crash_place: z.string().nullable(),
  crashes: z.number().int(),
});
/** What is written to a run whose worker gives it back, and so did not go away. */
const GIVEN_BACK = { claimed_by: null, crashes: 0 };

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

  /** Claims the run of a job, unless somebody works on it: then the job leaves a note and goes. */
  async claim(job: RunJob): Promise<FencedClaim | undefined> {
    const fence = (await this.#claimFree(job)) ?? (await this.#claimOther(job));
    return fence === undefined
      ? undefined
      : new FencedClaim({
          knex: this.#knex,
          runId: job.runId,
          fence,
          claimedBy: job.id,
        });
  }

  /** Claims the run of a job where nobody has it, which is nearly always so. */
  async #claimFree(job: RunJob): Promise<number | undefined> {
    const [claimed] = await this.#knex('runs')
      .with('taken', this.#queue.lockTaken(job, this.#knex).select('id'))
      .where({ id: job.runId })
      .whereExists(this.#knex.from('taken').select('id'))
      .whereNull('claimed_by')
      .update(this.#describeClaim(job), ['fence']);
    return claimed && fenceSchema.parse(claimed).fence;
  }

  /** Claims the run of a job where nobody alive has it. */
  async #claimOther(job: RunJob): Promise<number | undefined> {
    return this.#knex.transaction(async trx => {
      const taken: unknown = await this.#queue
        .lockTaken(job, trx)
        .first(lockedColumns(trx));
      if (!taken) {
        return undefined;
      }
      const found: unknown = await trx('runs')
        .where({ id: job.runId })
        .forNoKeyUpdate()
        .first();
      if (!found) {
        await this.#queue.remove(job, trx);
        return undefined;
      }
      const row = rowSchema.parse(found);
      const holder = row.claimed_by;
      if (holder && holder !== job.id && (await this.#isAlive(holder, trx))) {
        await trx('runs').where({ id: job.runId }).update({ woken: true });
        await this.#queue.remove(job, trx);
        return undefined;
      }
      const crashes = holder ? await this.#countCrash(job, row, trx) : 0;
      if (crashes >= MAX_CRASHES) {
        await this.#putOff(job, crashes, trx);
        return undefined;
      }
      const [claimed] = await trx('runs')
        .where({ id: job.runId })
        .update(this.#describeClaim(job), ['fence']);
      return fenceSchema.parse(claimed).fence;
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

  /** Whether a claim will be given back, by who has it or by who takes it over. */
  async #isAlive(holder: string, trx: Knex.Transaction): Promise<boolean> {
    const id = z.uuid().safeParse(holder);
    return id.success && this.#queue.has(id.data, trx);
  }

  /** Counts a worker that went away; answers how many there were in a row that did not take the run any further. */
  async #countCrash(
    job: RunJob,
    row: z.infer<typeof rowSchema>,
    trx: Knex.Transaction,
  ): Promise<number> {
    const statuses: string[] = await trx('steps')
      .where({ run_id: job.runId })
      .orderBy('position')
      .pluck('status');
    const place = [row.phase, ...statuses].join(' ');
    const crashes = place === row.crash_place ? row.crashes + 1 : 1;
    await trx('runs')
      .where({ id: job.runId })
      .update({ crash_place: place, crashes });
    return crashes;
  }

  /** Gives the replicas some rest from a run that brings them down. */
  async #putOff(
    job: RunJob,
    crashes: number,
    trx: Knex.Transaction,
  ): Promise<void> {
    const waitMs = retryDelay(crashes);
    this.#logger.error(
      `${crashes} workers in a row went away without having taken the run any further; next try in ${waitMs} ms`,
      { runId: job.runId },
    );
    await this.#queue.remove(job, trx);
    await trx('runs').where({ id: job.runId }).update({ claimed_by: null });
    await this.#queue.add(
      { runId: job.runId, failures: job.failures },
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
        .update(GIVEN_BACK, ['woken']);
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
      .update(GIVEN_BACK);
    return changed > 0;
  }
}
