import { LoggerService } from '@backstage/backend-plugin-api';
import { Change } from './types';

export type ChangeListener = (change: Change) => void;

/** Tells those who listen in this process what has changed, after it was committed. */
export class ChangeFeed {
  readonly #logger: LoggerService;
  readonly #listeners = new Set<ChangeListener>();

  constructor(options: { logger: LoggerService }) {
    this.#logger = options.logger;
  }

  /** Returns the function that ends the listening. */
  listen(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What a listener throws is logged: the change has happened all the same. */
  publish(change: Change): void {
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        this.#logger.error(
          'A listener could not take a change',
          error instanceof Error ? error : { error: String(error) },
        );
      }
    }
  }
}
