import { Deferred } from '../testUtils/Deferred';

/**
 * Plays a process that is killed: from the given moment on, nothing that it was about to do happens any more, and
 * nothing that it waits for comes. Moments are counted from 1.
 */
export class Lifeline {
  readonly #killAt: number;
  readonly #killed = new Deferred<void>();
  #moments = 0;

  constructor(options: { killAt?: number } = {}) {
    this.#killAt = options.killAt ?? Infinity;
  }

  /** How many moments there were. */
  get moments(): number {
    return this.#moments;
  }

  /** Settles when the process is dead. */
  get killed(): Promise<void> {
    return this.#killed.promise;
  }

  /** A moment at which the process may die; the dead never get past it. */
  async pass(): Promise<void> {
    this.#moments += 1;
    if (this.#moments >= this.#killAt) {
      this.#killed.resolve(undefined);
      await new Promise(() => {});
    }
  }
}
