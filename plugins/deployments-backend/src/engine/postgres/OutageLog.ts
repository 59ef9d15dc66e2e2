import { LoggerService } from '@backstage/backend-plugin-api';

/** How often the same trouble is said again, milliseconds. */
const REPEAT_MS = 30_000;

/** Logs trouble with the database, which comes back every second while it lasts, now and then only. */
export class OutageLog {
  readonly #logger: LoggerService;
  readonly #saidAt = new Map<string, number>();

  constructor(options: { logger: LoggerService }) {
    this.#logger = options.logger;
  }

  report(error: Error): void {
    const { message } = error;
    const now = performance.now();
    for (const [said, at] of this.#saidAt) {
      if (now - at >= REPEAT_MS) {
        this.#saidAt.delete(said);
      }
    }
    if (!this.#saidAt.has(message)) {
      this.#saidAt.set(message, now);
      this.#logger.warn(`The engine's database does not answer: ${message}`);
    }
  }
}
