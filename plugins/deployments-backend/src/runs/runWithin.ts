import { ClaimLostError } from '../engine';
import { describeDuration } from './describeDuration';

/** Timers take no longer delays. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** A step took longer than it may. */
export class StepTimeoutError extends Error {
  name = 'StepTimeoutError' as const;
}

/**
 * Runs work with a signal that is aborted when the time is over or the claim ends. Work that does not heed its signal
 * is waited for `abortWaitMs`, and then left alone.
 *
 * @throws StepTimeoutError, the reason of the claim's end, or what the work throws of itself.
 */
export async function runWithin<T>(options: {
  timeoutMs: number;
  abortWaitMs: number;
  signal: AbortSignal;
  work: (signal: AbortSignal) => Promise<T>;
}): Promise<T> {
  options.signal.throwIfAborted();
  const timeout = new AbortController();
  const timer = setTimeout(
    () =>
      timeout.abort(
        new StepTimeoutError(
          `It took longer than the ${describeDuration(options.timeoutMs)} that it may`,
        ),
      ),
    Math.min(options.timeoutMs, MAX_TIMER_MS),
  );
  const signal = AbortSignal.any([options.signal, timeout.signal]);
  const leftAlone = rejectAfterAbort(signal, options.abortWaitMs);
  try {
    return await Promise.race([options.work(signal), leftAlone.promise]);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    leftAlone.forget();
  }
}

function rejectAfterAbort(signal: AbortSignal, waitMs: number) {
  let timer: NodeJS.Timeout | undefined;
  let listener = () => {};
  const promise = new Promise<never>((_, reject) => {
    listener = () => {
      timer = setTimeout(() => reject(signal.reason), waitMs);
    };
    if (signal.aborted) {
      listener();
    } else {
      signal.addEventListener('abort', listener, { once: true });
    }
  });
  return {
    promise,
    forget: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', listener);
    },
  };
}

/** Whether the work ended because the worker has to let go of the run, and not of itself. */
export function isInterruption(error: unknown): boolean {
  return error instanceof ClaimLostError;
}
