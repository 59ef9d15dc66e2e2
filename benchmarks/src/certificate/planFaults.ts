import { Random } from '../lib/Random';
import { listOwnPlaces, listPlaces, Scenario } from './scenarios';

/** What happens to a replica: it is killed, it is stopped for longer than its claims last, or it is cut off from the database. */
export const KINDS = ['kill', 'stall', 'cut'] as const;
export type Kind = (typeof KINDS)[number];

/** Strikes the replica that carries out a run, when the run comes by a place for the first time. */
export type PlannedFault = { kind: Kind; place: string };

export type PlannedRun = {
  scenario: Scenario;
  /** Whether a second person has to agree to it. */
  needsApproval: boolean;
  faults: PlannedFault[];
};

/** One thing that has to have happened before the certificate is given. */
export type Case = PlannedFault & { scenario: Scenario };

/** How many faults a run gets beside the one it is there for. */
const MORE_FAULTS = 2;

/** Every kind of fault at every place. */
export function listCases(): Case[] {
  const scenarios = [
    'good',
    'fails-before-switch',
    'fails-after-switch',
  ] as const;
  return scenarios.flatMap(scenario =>
    listOwnPlaces(scenario).flatMap(place =>
      KINDS.map(kind => ({ scenario, kind, place })),
    ),
  );
}

export function nameCase({ scenario, kind, place }: Case): string {
  return `${scenario} ${place} ${kind}`;
}

/**
 * Plans runs and what happens to them: each kind of fault at each place in some order, those that did not come to pass before all
 * others, and then again in another order.
 */
export class FaultPlan {
  readonly #random: Random;
  #open: Case[] = [];

  constructor(options: { seed: number }) {
    this.#random = new Random(options.seed);
  }

  next(): PlannedRun {
    const random = this.#random;
    if (random.below(25) === 0) {
      return { scenario: 'rejected', needsApproval: true, faults: [] };
    }
    if (this.#open.length === 0) {
      this.#open = random.shuffle(listCases());
    }
    const [{ scenario, kind, place }, ...open] = this.#open;
    this.#open = open;
    return {
      scenario,
      needsApproval: random.below(4) === 0,
      faults: [{ kind, place }, ...this.#addFaults(scenario, place)],
    };
  }

  /** Has a case that did not come to pass come up next. */
  giveBack(missed: Case): void {
    this.strikeOff(missed);
    this.#open.unshift(missed);
  }

  /** Has a case that came to pass as another one's companion not come up by itself. */
  strikeOff(passed: Case): void {
    const name = nameCase(passed);
    this.#open = this.#open.filter(open => nameCase(open) !== name);
  }

  /** More faults at other places of the same run, and one while the worker that comes after it asks what is true. */
  #addFaults(scenario: Scenario, lead: string): PlannedFault[] {
    const random = this.#random;
    const places = listPlaces(scenario).filter(place => place !== lead);
    const more = Array.from({ length: MORE_FAULTS }, () => ({
      kind: random.pick(KINDS),
      place: random.pick(places),
    }));
    const effect = /^(main|recover):\w+/.exec(lead)?.[0];
    return effect
      ? [...more, { kind: random.pick(KINDS), place: `${effect}:asked` }]
      : more;
  }
}
