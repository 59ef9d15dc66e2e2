import { Deferred } from '@slipway/plugin-deployments-backend/testUtils';
import { Random } from '../lib/Random';
import { Question } from './protocol';
import { Replica } from './Replica';

/** How many replicas the portal is meant to have. */
const SIZE = 3;

/** Replicas, as many as there have to be: one that is struck gets a successor at once, and who is too many is told to stop. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #random: Random;
  #replicas: Replica[] = [];
  #started = 0;
  #isClosed = false;
  #changed = new Deferred<void>();
  /** Replicas that are being stopped as a deployment of the portal stops them. */
  readonly #retiring = new Set<Promise<void>>();

  constructor(options: FleetOptions & { seed: number }) {
    this.#options = options;
    this.#random = new Random(options.seed);
  }

  /** How many processes there were. */
  get started(): number {
    return this.#started;
  }

  get ready(): Replica[] {
    return this.#replicas.filter(({ isReady }) => isReady);
  }

  pick(): Replica {
    return this.#random.pick(this.ready);
  }

  /** Waits until so many replicas are at work. */
  async untilReady(count: number): Promise<void> {
    while (this.ready.length < count && !this.#isClosed) {
      await this.#changed.promise;
    }
  }

  /** Brings the number of replicas to what it has to be. */
  fill(): void {
    this.#replicas = this.#replicas.filter(({ isGone }) => !isGone);
    const ofUse = this.#replicas.filter(({ isOfUse }) => isOfUse);
    for (let missing = SIZE - ofUse.length; missing > 0; missing--) {
      this.#start();
    }
    const [first] = this.ready;
    if (first && this.ready.length > SIZE && !this.#isClosed) {
      const retiring = first.retire().finally(() => {
        this.#retiring.delete(retiring);
      });
      this.#retiring.add(retiring);
    }
    const changed = this.#changed;
    this.#changed = new Deferred();
    changed.resolve(undefined);
  }

  /** Lets all replicas stop as they are meant to. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.fill();
    await Promise.all([
      ...this.#retiring,
      ...this.ready.map(replica => replica.retire()),
    ]);
    await this.end();
  }

  /** Ends all replicas at once. */
  async end(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#replicas.map(replica => replica.end()));
  }

  #start(): void {
    if (this.#isClosed) {
      return;
    }
    this.#started += 1;
    const replica = new Replica({
      ...this.#options,
      name: `r${this.#started}`,
      onChange: () => this.fill(),
    });
    this.#replicas.push(replica);
  }
}

export type FleetOptions = {
  directory: string;
  postgres: { port: number; urlOf(database: string, port?: number): string };
  onQuestion(replica: Replica, question: Question): Promise<boolean>;
};
