import { LoggerService } from '@backstage/backend-plugin-api';
import { JsonObject } from '@backstage/types';

/** Writes warnings and errors to stderr, a line of JSON each. */
export class StderrLogger implements LoggerService {
  readonly #fields: JsonObject;

  constructor(fields: JsonObject = {}) {
    this.#fields = fields;
  }

  error(message: string, meta?: Error | JsonObject): void {
    this.#write('error', message, meta);
  }

  warn(message: string, meta?: Error | JsonObject): void {
    this.#write('warn', message, meta);
  }

  info(): void {}

  debug(): void {}

  child(fields: JsonObject): LoggerService {
    return new StderrLogger({ ...this.#fields, ...fields });
  }

  #write(level: string, message: string, meta: Error | JsonObject = {}): void {
    const more = meta instanceof Error ? { stack: meta.stack } : meta;
    process.stderr.write(
      `${JSON.stringify({
        at: new Date().toISOString(),
        level,
        message,
        ...this.#fields,
        ...more,
      })}\n`,
    );
  }
}
