import { mockServices } from '@backstage/backend-test-utils';
import { serviceRefSchema } from '@slipway/plugin-deployments-common';
import { ChangeFeed } from '../runs';
import { broadcastChanges } from './broadcastChanges';

const SHOP = serviceRefSchema.parse('component:default/shop');
const MAILER = serviceRefSchema.parse('component:default/mailer');

describe('broadcastChanges', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  function start() {
    const logger = mockServices.logger.mock();
    const changes = new ChangeFeed({ logger });
    const publish = jest.fn(async () => undefined);
    const stop = broadcastChanges({
      changes,
      signals: { publish },
      logger,
      quietMs: 500,
    });
    return { changes, publish, stop };
  }

  it('given many changes of one thing, then the first is told at once and all others together', () => {
    const { changes, publish } = start();
    const change = () =>
      changes.publish({ what: 'run', serviceRef: SHOP, runId: null });

    change();
    expect(publish).toHaveBeenCalledTimes(1);
    for (let i = 0; i < 50; i++) {
      change();
    }
    expect(publish).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(500);
    expect(publish).toHaveBeenCalledTimes(2);
    jest.advanceTimersByTime(5_000);
    expect(publish).toHaveBeenCalledTimes(2);
    change();
    expect(publish).toHaveBeenCalledTimes(3);
  });

  it('given changes of several services, then none keeps another back; a log is not told', () => {
    const { changes, publish } = start();

    changes.publish({ what: 'run', serviceRef: SHOP, runId: null });
    changes.publish({ what: 'run', serviceRef: MAILER, runId: null });
    changes.publish({ what: 'log', serviceRef: SHOP, runId: null });
    jest.advanceTimersByTime(5_000);

    expect(publish).toHaveBeenCalledTimes(2);
  });

  it('given the end, then nothing more is told', () => {
    const { changes, publish, stop } = start();

    changes.publish({ what: 'run', serviceRef: SHOP, runId: null });
    changes.publish({ what: 'run', serviceRef: SHOP, runId: null });
    stop();
    changes.publish({ what: 'run', serviceRef: MAILER, runId: null });
    jest.advanceTimersByTime(5_000);

    expect(publish).toHaveBeenCalledTimes(1);
  });
});
