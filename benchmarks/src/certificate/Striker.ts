import { setTimeout as delay } from 'node:timers/promises';
import { PostgresServer } from '../lib/PostgresServer';
import { Random } from '../lib/Random';
import { Fleet } from './Fleet';
import { Case, Kind, KINDS, PlannedRun } from './planFaults';
import { Replica } from './Replica';
import { Takeovers } from './Takeovers';

/** What was done, for the report. */
export const BLOWS = [
  'killed',
  'stalled',
  'connections broken, back at once',
  'connections broken, away for longer than a claim lasts',
  'connections silent for longer than a claim lasts',
  'PostgreSQL restarted',
  'PostgreSQL crashed',
] as const;
export type Blow = (typeof BLOWS)[number];

/** What was struck and when; PostgreSQL where no replica is named. */
export type Struck = { at: number; blow: Blow; replica: string | null };

/** A claim lasts 10 s after the last sign of life; whoever is away for a time from this range comes back around its takeover or after it. */
const AWAY_MS = { least: 10_000, range: 4_000 };

/** How long connections that are back at once are away, milliseconds at most. */
const BLINK_MS = 1_500;

/** One blow at a moment that nobody chose follows on so many at chosen places. */
const CHOSEN_FOR_ONE_AT_RANDOM = 4;

/** PostgreSQL is restarted after so many other blows. */
const BLOWS_FOR_ONE_RESTART = 40;

type Holding = { replica: Replica; case: Case };

/**
 * Strikes replicas, and PostgreSQL. It sees to it that one other replica is at work at each blow: without any, there is
 * nobody who could take over.
 */
export class Striker {
  readonly blows = new Map<Blow, number>(BLOWS.map(blow => [blow, 0]));
  /** All blows in their order. */
  readonly log: Struck[] = [];
  /** Cases that came to pass, by their names. */
  readonly passed: Case[] = [];
  readonly #options: StrikerOptions;
  readonly #random: Random;
  readonly #planned = new Map<number, PlannedRun>();
  readonly #holding = new Set<Holding>();
  readonly #away = new Set<Promise<void>>();
  #turn: Promise<void> = Promise.resolve();
  #chosen = 0;

  constructor(options: StrikerOptions) {
    this.#options = options;
    this.#random = new Random(options.seed + 1);
  }

  get total(): number {
    return [...this.blows.values()].reduce((sum, count) => sum + count, 0);
  }

  plan(number: number, run: PlannedRun): void {
    this.#planned.set(number, run);
  }

  /** Called when a run comes by a place; comes back when its worker may go on. */
  async pass(replica: Replica, number: number, place: string): Promise<void> {
    const run = this.#planned.get(number);
    const index = run?.faults.findIndex(fault => fault.place === place) ?? -1;
    if (!run || index < 0) {
      return;
    }
    const [{ kind }] = run.faults.splice(index, 1);
    const holding = { replica, case: { kind, place, scenario: run.scenario } };
    this.#holding.add(holding);
    await this.#inTurn(async () => {
      if (this.#holding.has(holding) && this.#options.goesOn()) {
        this.#strike(replica, kind);
        this.#chosen += 1;
        await this.#strikeMore();
      }
    });
    this.#holding.delete(holding);
  }

  /** Waits until all that were away are back. */
  async settle(): Promise<void> {
    await this.#turn;
    await Promise.all(this.#away);
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(async () => {
      await this.#options.fleet.untilReady(2);
      await act();
    });
    this.#turn = turn;
    return turn;
  }

  async #strikeMore(): Promise<void> {
    if (this.#chosen % CHOSEN_FOR_ONE_AT_RANDOM === 0) {
      const waitMs = this.#random.below(500);
      const kind = this.#random.pick(KINDS);
      void delay(waitMs).then(() =>
        this.#inTurn(async () => {
          if (this.#options.goesOn()) {
            this.#strike(this.#options.fleet.pick(), kind);
          }
        }),
      );
    }
    if ((this.total + 1) % BLOWS_FOR_ONE_RESTART === 0) {
      await this.#restartPostgres();
    }
  }

  #strike(replica: Replica, kind: Kind): void {
    if (!replica.isReady) {
      return;
    }
    const awayMs = AWAY_MS.least + this.#random.below(AWAY_MS.range);
    switch (kind) {
      case 'kill':
        this.#count('killed', replica);
        replica.kill();
        break;
      case 'stall':
        this.#count('stalled', replica);
        this.#leave(replica.stall(awayMs));
        break;
      case 'cut':
        this.#cut(replica, awayMs);
        break;
      default:
        kind satisfies never;
    }
    // All runs that stood at a place where something was to happen were struck there.
    for (const holding of this.#holding) {
      if (holding.replica === replica) {
        this.passed.push({ ...holding.case, kind });
        this.#holding.delete(holding);
      }
    }
  }

  #cut(replica: Replica, awayMs: number): void {
    switch (this.#random.below(3)) {
      case 0:
        this.#count('connections broken, back at once', replica);
        this.#leave(replica.cut(this.#random.below(BLINK_MS)));
        return;
      case 1:
        this.#count(
          'connections broken, away for longer than a claim lasts',
          replica,
        );
        this.#leave(replica.cut(awayMs));
        return;
      default:
        this.#count(
          'connections silent for longer than a claim lasts',
          replica,
        );
        this.#leave(replica.silence(awayMs));
    }
  }

  async #restartPostgres(): Promise<void> {
    const isCrash =
      (this.blows.get('PostgreSQL crashed') ?? 0) <
      (this.blows.get('PostgreSQL restarted') ?? 0);
    this.#count(isCrash ? 'PostgreSQL crashed' : 'PostgreSQL restarted', null);
    await this.#options.postgres.restart(isCrash ? 'immediate' : 'fast');
  }

  /** Counts a blow at a replica, or at PostgreSQL. */
  #count(blow: Blow, replica: Replica | null): void {
    const at = this.#options.now();
    this.blows.set(blow, (this.blows.get(blow) ?? 0) + 1);
    this.log.push({ at, blow, replica: replica && replica.name });
    const isBack =
      replica === null || blow === 'connections broken, back at once';
    this.#options.takeovers.strike({
      replica: replica && replica.name,
      at,
      blight: isBack ? 'broken' : 'gone',
    });
  }

  #leave(away: Promise<void>): void {
    this.#away.add(away);
    void away.finally(() => this.#away.delete(away));
  }
}

export type StrikerOptions = {
  seed: number;
  fleet: Fleet;
  postgres: PostgresServer;
  takeovers: Takeovers;
  /** Whether there are blows to come. */
  goesOn(): boolean;
  now(): number;
};
