import { setTimeout as delay } from 'node:timers/promises';
import { RunId, runIdSchema } from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';
import { z } from 'zod';
import { Random } from '../lib/Random';
import { Fleet } from './Fleet';
import { PlannedRun } from './planFaults';
import { OrderedRun } from './protocol';
import { RequestRecord } from './records';

const straySchema = z.object({
  id: runIdSchema,
  reason: z
    .string()
    .transform(reason => JSON.parse(reason))
    .pipe(z.object({ number: z.number(), scenario: z.string() })),
});

/** How long people think about an approval, milliseconds at most. */
const THINK_MS = 1_000;

/** How long to wait before asking again, milliseconds. */
const RETRY_MS = 200;

/** The people: they ask for runs and approve them through any replica, and ask again where they hear nothing. */
export class Requests {
  readonly records: RequestRecord[] = [];
  readonly #knex: Knex;
  readonly #fleet: Fleet;
  readonly #random: Random;
  readonly #now: () => number;

  constructor(options: {
    knex: Knex;
    fleet: Fleet;
    seed: number;
    now: () => number;
  }) {
    this.#knex = options.knex;
    this.#fleet = options.fleet;
    this.#random = new Random(options.seed + 2);
    this.#now = options.now;
  }

  /** Asks for a run, and sees it through its approval. */
  async make(
    run: PlannedRun & { number: number; environment: string },
  ): Promise<RunId> {
    const { number, environment, scenario, needsApproval } = run;
    const record: RequestRecord = {
      number,
      environment,
      scenario,
      runId: null,
      queued: null,
    };
    this.records.push(record);
    const notBefore = this.#now();
    const runId = await this.#start({
      number,
      environment,
      scenario,
      approvals: needsApproval ? 1 : 0,
    });
    record.runId = runId;
    if (!needsApproval) {
      record.queued = { notBefore, notAfter: this.#now() };
      return runId;
    }
    await delay(this.#random.below(THINK_MS));
    const decided = this.#now();
    const decision = scenario === 'rejected' ? 'rejected' : 'approved';
    await this.#decide(runId, decision);
    if (decision === 'approved') {
      record.queued = { notBefore: decided, notAfter: this.#now() };
    }
    return runId;
  }

  /** Decides about runs that came of an order that was thought lost, and that was carried out all the same. */
  async decideStrays(): Promise<void> {
    const known = new Set(this.records.map(({ runId }) => runId));
    const waiting = await this.#readThrough(() =>
      this.#knex('runs').where({ phase: 'waiting-for-approval' }),
    );
    for (const row of waiting) {
      const { id, reason } = straySchema.parse(row);
      const isOpen = this.records.some(
        ({ number, runId }) => number === reason.number && runId === null,
      );
      if (!known.has(id) && !isOpen) {
        const isRejected = reason.scenario === 'rejected';
        await this.#decide(id, isRejected ? 'rejected' : 'approved');
      }
    }
  }

  async #start(run: OrderedRun): Promise<RunId> {
    const { number, scenario } = run;
    for (;;) {
      await this.#fleet.untilReady(1);
      try {
        return await this.#fleet.pick().order({ what: 'start', run });
      } catch {
        // Nobody knows whether it was kept before the answer got lost.
        const id: unknown = await this.#readThrough(() =>
          this.#knex('runs')
            .where({ reason: JSON.stringify({ number, scenario }) })
            .first()
            .then(row => row?.id),
        );
        if (id) {
          return runIdSchema.parse(id);
        }
      }
    }
  }

  async #decide(runId: RunId, decision: 'approved' | 'rejected') {
    for (;;) {
      await this.#fleet.untilReady(1);
      try {
        await this.#fleet.pick().order({ what: 'decide', runId, decision });
        return;
      } catch {
        const phase: unknown = await this.#readThrough(() =>
          this.#knex('runs')
            .where({ id: runId })
            .first()
            .then(row => row?.phase),
        );
        if (phase !== 'waiting-for-approval') {
          return;
        }
      }
    }
  }

  /** Reads from the tables, however often PostgreSQL restarts. */
  async #readThrough<T>(read: () => Promise<T>): Promise<T> {
    for (;;) {
      await delay(RETRY_MS);
      try {
        return await read();
      } catch {
        // PostgreSQL is away.
      }
    }
  }
}
