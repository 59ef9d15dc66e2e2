import { LoggerService } from '@backstage/backend-plugin-api';
import { stringifyError } from '@backstage/errors';
import { SignalsService } from '@backstage/plugin-signals-node';
import {
  DEPLOYMENTS_SIGNAL_CHANNEL,
  DeploymentsSignal,
} from '@slipway/plugin-deployments-common';
import { ChangeFeed } from '../runs';

/** How long changes of the same thing are gathered before the screens are told again. */
const QUIET_MS = 500;

/**
 * Tells the screens what changed: the first change at once, those that follow it together. A log tells for
 * itself. Returns the function that ends it.
 */
export function broadcastChanges(options: {
  changes: ChangeFeed;
  signals: SignalsService;
  logger: LoggerService;
  quietMs?: number;
}): () => void {
  const { changes, signals, logger, quietMs = QUIET_MS } = options;
  const quiet = new Map<string, { timer: NodeJS.Timeout; again: boolean }>();

  function broadcast(message: DeploymentsSignal) {
    const key = JSON.stringify(message);
    const timer = setTimeout(() => {
      const { again } = quiet.get(key) ?? { again: false };
      quiet.delete(key);
      if (again) {
        broadcast(message);
      }
    }, quietMs);
    timer.unref();
    quiet.set(key, { timer, again: false });
    signals
      .publish({
        channel: DEPLOYMENTS_SIGNAL_CHANNEL,
        recipients: { type: 'broadcast' },
        message,
      })
      .catch(error => {
        logger.debug(`Could not signal a change: ${stringifyError(error)}`);
      });
  }

  const stop = changes.listen(({ what, serviceRef, runId }) => {
    if (what === 'log') {
      return;
    }
    const message: DeploymentsSignal = { serviceRef, runId };
    const pause = quiet.get(JSON.stringify(message));
    if (pause) {
      pause.again = true;
    } else {
      broadcast(message);
    }
  });
  return () => {
    stop();
    for (const { timer } of quiet.values()) {
      clearTimeout(timer);
    }
  };
}
