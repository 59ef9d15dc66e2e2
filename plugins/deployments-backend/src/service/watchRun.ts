import { RunId } from '@slipway/plugin-deployments-common';
import { ChangeFeed } from '../runs';

/** Begins to listen at once, and tells when something of a run has changed since; what came in between is not missed. */
export function watchRun(options: { changes: ChangeFeed; runId: RunId }): {
  /** Resolves with the next change that was not waited for yet, after `timeoutMs`, or when aborted. */
  next(wait: { timeoutMs: number; signal?: AbortSignal }): Promise<void>;
  stop(): void;
} {
  let isChanged = false;
  let notify: (() => void) | undefined;
  const stop = options.changes.listen(({ runId }) => {
    if (runId === options.runId) {
      isChanged = true;
      notify?.();
    }
  });
  return {
    stop,
    next({ timeoutMs, signal }) {
      return new Promise(resolve => {
        const timer = setTimeout(finish, timeoutMs);
        function finish() {
          clearTimeout(timer);
          signal?.removeEventListener('abort', finish);
          notify = undefined;
          isChanged = false;
          resolve();
        }
        notify = finish;
        signal?.addEventListener('abort', finish);
        if (isChanged || signal?.aborted) {
          finish();
        }
      });
    },
  };
}
