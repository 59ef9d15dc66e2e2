import {
  Hold,
  PlanHash,
  RunId,
  serviceRefSchema,
  Trigger,
} from '@slipway/plugin-deployments-common';
import fc from 'fast-check';
import { Knex } from 'knex';
import { ageRun } from '../__testUtils__/ageRun';
import { createTestDatabases } from '../__testUtils__/createTestDatabases';
import { Gate } from '../__testUtils__/Gate';
import { EVE, RAJ, Runs, startRuns } from '../__testUtils__/startRuns';
import { migrateDatabase } from '../stores';

jest.setTimeout(240_000);

const databases = createTestDatabases();

const HOUR_MS = 3_600_000;

const events = fc.array(
  fc.record({
    what: fc.constantFrom(
      'ask',
      'ask',
      'approve',
      'approve',
      'cancel',
      'end',
      'hold',
      'release-hold',
      'release-run',
    ),
    trigger: fc.constantFrom<Trigger>('person', 'automation'),
    which: fc.nat({ max: 5 }),
  }),
  { minLength: 6, maxLength: 24 },
);

type Asked = { runId: RunId; planHash: PlanHash; trigger: Trigger };

/** What has to be true of one environment, kept beside the real one. */
class Model {
  readonly #runs: Runs;
  readonly #knex: Knex;
  readonly #of: {
    serviceRef: ReturnType<typeof serviceRefSchema.parse>;
    environment: string;
  };
  readonly #gates = new Map<RunId, Gate>();
  readonly ends = new Map<RunId, string>();
  /** Runs in the order in which they have to begin. */
  readonly begun: RunId[] = [];
  readonly #waiting: Asked[] = [];
  readonly #queue: Asked[] = [];
  #holder: Asked | undefined;
  #hold: Hold | undefined;
  #versions = 0;

  constructor(options: { runs: Runs; knex: Knex; name: string }) {
    this.#runs = options.runs;
    this.#knex = options.knex;
    this.#of = {
      serviceRef: serviceRefSchema.parse(`component:default/${options.name}`),
      environment: 'production',
    };
  }

  gateOf(runId: RunId): Gate {
    const gate = this.#gates.get(runId) ?? new Gate();
    this.#gates.set(runId, gate);
    return gate;
  }

  get serviceRef() {
    return this.#of.serviceRef;
  }

  async ask(trigger: Trigger): Promise<void> {
    this.#versions += 1;
    const plan = await this.#runs.plan({
      version: `${this.#versions}.0.0`,
      ...this.#of,
    });
    const runId = await this.#runs.controller.start({
      plan,
      requestedBy: EVE,
      trigger,
    });
    this.#waiting.push({ runId, planHash: plan.hash, trigger });
  }

  async approve(which: number): Promise<void> {
    const [run] = this.#waiting.splice(which % (this.#waiting.length || 1), 1);
    if (run) {
      await this.#runs.controller.decide({
        ...run,
        decision: 'approved',
        by: RAJ,
      });
      this.#queue.push(run);
      await this.#advance();
    }
  }

  async cancel(which: number): Promise<void> {
    const all = [...this.#waiting, ...this.#queue];
    const run = all[which % (all.length || 1)];
    if (run) {
      await this.#runs.controller.cancel({ runId: run.runId, by: RAJ });
      this.ends.set(run.runId, 'cancelled');
      for (const list of [this.#waiting, this.#queue]) {
        if (list.includes(run)) {
          list.splice(list.indexOf(run), 1);
        }
      }
    }
  }

  async end(): Promise<void> {
    const run = this.#holder;
    if (run) {
      this.gateOf(run.runId).open();
      await this.#runs.end(run.runId);
      this.ends.set(run.runId, 'no space');
      this.#holder = undefined;
      await this.#advance();
    }
  }

  /** The holder gives no sign; its worker comes back when the next one is at work. */
  async releaseRun(): Promise<void> {
    const run = this.#holder;
    if (run) {
      await ageRun(this.#knex, run.runId, HOUR_MS);
      await this.#runs.controller.release({
        runId: run.runId,
        by: RAJ,
        reason: 'it is gone',
        observed: {
          reach: 'unreachable',
          askedAt: '2026-11-21T10:00:00.000Z',
          message: 'no answer',
          mend: null,
        },
      });
      this.ends.set(run.runId, 'Released by raj');
      this.#holder = undefined;
      await this.#advance();
      this.gateOf(run.runId).open();
    }
  }

  async hold(): Promise<void> {
    if (!this.#hold) {
      this.#hold = await this.#runs.environments.hold({
        ...this.#of,
        by: RAJ,
        reason: 'load test',
      });
    }
  }

  async releaseHold(): Promise<void> {
    if (this.#hold) {
      const { at } = this.#hold;
      this.#hold = undefined;
      await this.#runs.environments.releaseHold({ ...this.#of, at });
      await this.#advance();
    }
  }

  async empty(): Promise<void> {
    await this.releaseHold();
    while (this.#waiting.length > 0) {
      await this.approve(0);
    }
    while (this.#holder) {
      await this.end();
    }
  }

  /** Whoever has to be next is at work soon. */
  async #advance(): Promise<void> {
    const next = this.#queue.find(
      ({ trigger }) => !this.#hold || trigger === 'person',
    );
    if (this.#holder || !next) {
      return;
    }
    this.#queue.splice(this.#queue.indexOf(next), 1);
    this.#holder = next;
    this.begun.push(next.runId);
    await this.gateOf(next.runId).reached;
  }

  /** The real environment, and this one. */
  async compare() {
    const { environments, runs } = this.#runs.stores;
    const queued = await runs.listQueued(this.#of);
    return {
      actual: {
        ...(await environments.get(this.#of)),
        queue: queued.map(({ id }) => id),
      },
      expected: {
        heldBy: this.#holder?.runId ?? null,
        hold: this.#hold ?? null,
        queue: this.#queue.map(({ runId }) => runId),
      },
    };
  }
}

describe.each(databases.eachSupportedId())(
  'environment queue, whatever happens, on %s',
  databaseId => {
    it('given any order of requests, approvals, cancellations, ends, holds and releases, then runs are served first in, first out, one at a time, none is lost, and automatic ones not while the environment is held', async () => {
      const knex = await databases.init(databaseId);
      await migrateDatabase(knex);
      const runs = await startRuns({
        knex,
        engine: 'of the database',
        settings: {
          approvals: { needed: 1, groups: [], selfApproval: false },
          variables: {},
          findings: [],
        },
      });
      const begun: RunId[] = [];
      let model: Model | undefined;
      runs.target.before('upload', async ({ runId }) => {
        begun.push(runId);
        await model?.gateOf(runId).pass();
        throw new Error('no space');
      });
      let trial = 0;

      await fc.assert(
        fc.asyncProperty(events, async history => {
          trial += 1;
          begun.length = 0;
          const shop = new Model({ runs, knex, name: `shop-${trial}` });
          model = shop;
          for (const { what, trigger, which } of history) {
            switch (what) {
              case 'ask':
                await shop.ask(trigger);
                break;
              case 'approve':
                await shop.approve(which);
                break;
              case 'cancel':
                await shop.cancel(which);
                break;
              case 'end':
                await shop.end();
                break;
              case 'hold':
                await shop.hold();
                break;
              case 'release-hold':
                await shop.releaseHold();
                break;
              case 'release-run':
                await shop.releaseRun();
                break;
              default:
                what satisfies never;
            }
            const { actual, expected } = await shop.compare();
            expect(actual).toMatchObject(expected);
          }
          await shop.empty();

          expect(begun).toEqual(shop.begun);
          const { items } = await runs.stores.runs.list(shop.serviceRef, {
            limit: 200,
          });
          const ends = new Map(
            items.map(({ id, outcome }) => [
              id,
              outcome?.phase === 'errored'
                ? outcome.problem.message.split(':')[0]
                : outcome?.phase,
            ]),
          );
          expect(ends).toEqual(shop.ends);
        }),
        { numRuns: databaseId === 'SQLITE_3' ? 25 : 8, endOnFailure: true },
      );
    });
  },
);
