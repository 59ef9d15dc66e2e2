import { inspect } from 'node:util';

const HIDDEN = '[secret]';

/**
 * A value that must not be seen. It prints, serializes and inspects as `[secret]`; only
 * {@link Secret.reveal} gives it out, at the place that hands it to the target.
 */
export class Secret {
  readonly #value: string;

  constructor(
    /** The name under which people know it. */
    readonly name: string,
    value: string,
  ) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}
