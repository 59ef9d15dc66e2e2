import { setTimeout as delay } from 'node:timers/promises';

/** Errors about what was asked for: asking again gives the same answer. */
const FINAL_ERRORS: readonly string[] = [
  'InputError',
  'NotFoundError',
  'NotAllowedError',
  'ConflictError',
];

/** How long to wait before each further try: long enough for a catalog or a git server to restart. */
export const RETRY_DELAYS_MS: readonly number[] = [
  1_000, 2_000, 5_000, 10_000, 20_000, 30_000,
];

/** Whether an error says that what was asked for is wrong, rather than that it could not be answered. */
export function isFinalError(error: unknown): error is Error {
  return error instanceof Error && FINAL_ERRORS.includes(error.name);
}

/**
 * Asks again where a part of the portal or a service that it needs is away for a moment.
 *
 * @throws what `ask` threw last; the signal's reason once it is aborted.
 */
export async function retryTransient<T>(
  ask: () => Promise<T>,
  options: { signal: AbortSignal; delaysMs: readonly number[] },
): Promise<T> {
  for (const delayMs of options.delaysMs) {
    try {
      return await ask();
    } catch (error) {
      options.signal.throwIfAborted();
      if (isFinalError(error)) {
        throw error;
      }
    }
    await delay(delayMs, undefined, { signal: options.signal }).catch(() =>
      options.signal.throwIfAborted(),
    );
  }
  return ask();
}
