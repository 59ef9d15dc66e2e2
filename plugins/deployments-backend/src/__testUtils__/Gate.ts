import { Deferred } from '../testUtils/Deferred';

/** A place where work stops until it is let go, and which tells when work has come to it. */
export class Gate {
  readonly #reached = new Deferred<void>();
  readonly #opened = new Deferred<void>();

  /** Settles when work has come to the gate. */
  get reached(): Promise<void> {
    return this.#reached.promise;
  }

  open(): void {
    this.#opened.resolve(undefined);
  }

  async pass(): Promise<void> {
    this.#reached.resolve(undefined);
    await this.#opened.promise;
  }
}
