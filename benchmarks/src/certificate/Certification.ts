import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  Deferred,
  migrateDatabase,
} from '@slipway/plugin-deployments-backend/testUtils';
import knexFactory, { Knex } from 'knex';
import { z } from 'zod';
import { PostgresServer } from '../lib/PostgresServer';
import { checkRecords, Findings, findSuperseded } from './check';
import { Fleet } from './Fleet';
import { Case, FaultPlan, listCases, nameCase } from './planFaults';
import { Question } from './protocol';
import { readTables } from './readTables';
import { Records } from './records';
import { Replica } from './Replica';
import { Requests } from './Requests';
import { Blow, Striker, Struck } from './Striker';
import { Takeovers } from './Takeovers';
import { Actor, World } from './World';

/** How many environments there are, so how many runs can be carried out at once. */
const ENVIRONMENTS = 16;

/** How many runs are asked for at once in each environment, so that there is a queue. */
const REQUESTS_AT_ONCE = 3;

/** How often it is looked how far things are, milliseconds. */
const LOOK_MS = 500;

/** After so long without anything happening in the world nothing will happen any more, milliseconds. */
const PATIENCE_MS = 150_000;

/** Cases that do not come to pass are given up after so many times the faults that there have to be. */
const MOST_FAULTS = 1.6;

const orderSchema = z.object({ number: z.number() });

export type CertificationOptions = {
  seed: number;
  /** How many blows there are at least. */
  faults: number;
  /** Whether each kind of fault has to come to pass at each place. */
  coversAll: boolean;
  /** A fresh folder for what is recorded. */
  directory: string;
  /** Tells how far it is, now and then. */
  tell(progress: CertificationProgress): void;
};

export type CertificationProgress = {
  faults: number;
  cases: number;
  asked: number;
  finished: number;
};

export type Certified = {
  findings: Findings;
  records: Records;
  blows: ReadonlyMap<Blow, number>;
  faults: number;
  cases: { passed: number; all: number; missing: readonly string[] };
  replicas: number;
  takeovers: Takeovers;
  /** All blows, in their order. */
  struck: readonly Struck[];
  /** Acts of workers that came back after their run had gone to another one. */
  ghosts: { acts: number; absorbed: number };
};

/** Has replicas carry out runs while they are struck, and judges what came of it. */
export class Certification {
  readonly #options: CertificationOptions;
  readonly #world: World;
  readonly #knex: Knex;
  readonly #fleet: Fleet;
  readonly #striker: Striker;
  readonly #requests: Requests;
  readonly #plan: FaultPlan;
  readonly #takeovers = new Takeovers();
  readonly #cases = new Set(listCases().map(nameCase));
  readonly #passed = new Set<string>();
  readonly #unfinished = new Map<number, Deferred<void>>();
  #asked = 0;
  #finished = 0;
  #isGivenUp = false;

  private constructor(
    options: CertificationOptions & { postgres: PostgresServer; knex: Knex },
  ) {
    const { seed, directory, postgres, knex } = options;
    this.#options = options;
    this.#knex = knex;
    this.#world = new World({ file: join(directory, 'world.jsonl') });
    this.#world.onEvent(event => this.#takeovers.note(event));
    const now = () => this.#world.now();
    this.#fleet = new Fleet({
      seed,
      directory,
      postgres,
      onQuestion: (replica, question) => this.#answer(replica, question),
    });
    this.#striker = new Striker({
      seed,
      fleet: this.#fleet,
      postgres,
      takeovers: this.#takeovers,
      goesOn: () => this.#goesOn(),
      now,
    });
    this.#requests = new Requests({ knex, fleet: this.#fleet, seed, now });
    this.#plan = new FaultPlan({ seed });
  }

  /** Goes through with it, on a PostgreSQL of its own. */
  static async run(options: CertificationOptions): Promise<Certified> {
    await mkdir(options.directory, { recursive: true });
    const postgres = await PostgresServer.start();
    const knex = knexFactory({
      client: 'pg',
      connection: postgres.urlOf('postgres'),
      pool: { min: 0, max: 4 },
    });
    try {
      await migrateDatabase(knex);
      const certification = new Certification({ ...options, postgres, knex });
      return await certification.#run();
    } finally {
      await knex.destroy();
      await postgres.stop();
    }
  }

  async #run(): Promise<Certified> {
    try {
      this.#fleet.fill();
      await this.#fleet.untilReady(3);
      const people = Array.from({ length: ENVIRONMENTS }, (_, index) =>
        Array.from({ length: REQUESTS_AT_ONCE }, () =>
          this.#deploy(`component:default/service-${index + 1}`),
        ),
      );
      await this.#watch(Promise.all(people.flat()));
      await this.#striker.settle();
      await this.#fleet.close();
      return await this.#judge();
    } finally {
      await this.#fleet.end();
      this.#world.close();
    }
  }

  #goesOn(): boolean {
    const { faults, coversAll } = this.#options;
    const isCovered = !coversAll || this.#passed.size === this.#cases.size;
    return (
      this.#striker.total < faults ||
      (!isCovered && this.#striker.total < faults * MOST_FAULTS)
    );
  }

  /** Asks for one run after another in an environment, while there are blows to come. */
  async #deploy(environment: string): Promise<void> {
    while (this.#goesOn() && !this.#isGivenUp) {
      this.#asked += 1;
      const number = this.#asked;
      const run = this.#plan.next();
      // The striker takes what was tried out of the plan, whether it came to pass or not.
      const lead = run.faults.at(0);
      this.#striker.plan(number, run);
      const finished = new Deferred<void>();
      this.#unfinished.set(number, finished);
      await this.#requests.make({ ...run, number, environment });
      await finished.promise;
      const missed = lead && { ...lead, scenario: run.scenario };
      if (missed && !this.#passed.has(nameCase(missed))) {
        this.#plan.giveBack(missed);
      }
    }
  }

  /** Follows what happens until everything is finished, or nothing happens any more. */
  async #watch(people: Promise<unknown>): Promise<void> {
    let isAsked = false;
    void people.then(() => {
      isAsked = true;
    });
    for (;;) {
      await delay(LOOK_MS);
      for (const passed of this.#striker.passed.splice(0)) {
        this.#pass(passed);
      }
      const open = await this.#look().catch(() => undefined);
      this.#options.tell({
        faults: this.#striker.total,
        cases: this.#passed.size,
        asked: this.#asked,
        finished: this.#finished,
      });
      if (isAsked && open === 0) {
        return;
      }
      const last = this.#world.events.at(-1)?.at ?? 0;
      if (this.#world.now() - last > PATIENCE_MS) {
        this.#isGivenUp = true;
        return;
      }
    }
  }

  /** Tells those who wait for runs that these are finished; answers how much there still is to be done. */
  async #look(): Promise<number> {
    const finished = await this.#knex('runs')
      .whereNotNull('finished_at')
      .pluck('reason');
    this.#finished = finished.length;
    for (const reason of finished) {
      const { number } = orderSchema.parse(JSON.parse(reason));
      this.#unfinished.get(number)?.resolve();
      this.#unfinished.delete(number);
    }
    await this.#requests.decideStrays();
    const open = await this.#knex('runs')
      .whereNull('finished_at')
      .orWhereNotNull('claimed_by')
      .count({ open: '*' })
      .first();
    return z.coerce.number().parse(open?.open);
  }

  /** Notes a case that came to pass; what runs of all scenarios come by counts for those of the good one. */
  #pass(passed: Case): void {
    const found = [passed, { ...passed, scenario: 'good' as const }].find(
      known => this.#cases.has(nameCase(known)),
    );
    if (found) {
      this.#passed.add(nameCase(found));
      this.#plan.strikeOff(found);
    }
  }

  async #answer(replica: Replica, asked: Question): Promise<boolean> {
    const { claim, runId, number, environment, question } = asked;
    const worker = `${replica.name}/${claim}`;
    const actor: Actor = { worker, runId, environment };
    switch (question.about) {
      case 'place':
        await this.#striker.pass(replica, number, question.place);
        return true;
      case 'claimed':
        this.#world.claimed(actor, {
          fence: question.fence,
          job: question.job,
          retries: question.retries,
        });
        return true;
      case 'released':
        this.#world.released(actor);
        return true;
      case 'asked':
        return this.#world.ask(actor, question.effect);
      case 'begun':
        this.#world.begin(actor, question.effect);
        return true;
      case 'done':
        this.#world.finish(actor, question.effect);
        return true;
      case 'undone':
        this.#world.undo(actor, question.effect);
        return true;
      default:
        return question satisfies never;
    }
  }

  async #judge(): Promise<Certified> {
    const records: Records = {
      events: this.#world.events,
      requests: this.#requests.records,
      ...(await readTables(this.#knex)),
    };
    await writeFile(
      join(this.#options.directory, 'records.json'),
      JSON.stringify({ ...records, events: this.#striker.log }, null, 1),
    );
    const late = [...findSuperseded(records.events)].filter(
      ({ what }) => what === 'begun' || what === 'done',
    );
    return {
      findings: checkRecords(records),
      records,
      blows: this.#striker.blows,
      faults: this.#striker.total,
      cases: {
        passed: this.#passed.size,
        all: this.#cases.size,
        missing: [...this.#cases].filter(name => !this.#passed.has(name)),
      },
      replicas: this.#fleet.started,
      takeovers: this.#takeovers,
      struck: this.#striker.log,
      ghosts: {
        acts: late.length,
        absorbed: late.filter(event => 'wasDone' in event && event.wasDone)
          .length,
      },
    };
  }
}
