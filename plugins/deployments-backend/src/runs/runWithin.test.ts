import { ClaimLostError } from '../engine';
import { runWithin, StepTimeoutError } from './runWithin';

const MINUTE_MS = 60_000;

describe('runWithin', () => {
  const common = { timeoutMs: MINUTE_MS, abortWaitMs: 0 };

  it('given a claim that has ended already, then the work is not begun', async () => {
    const reason = new ClaimLostError('Another worker has the run');
    const work = jest.fn(async () => 'done');

    await expect(
      runWithin({ ...common, signal: AbortSignal.abort(reason), work }),
    ).rejects.toBe(reason);

    expect(work).not.toHaveBeenCalled();
  });

  it('given a claim that ends, when the work throws something of itself, then the end is the reason', async () => {
    const controller = new AbortController();
    const reason = new ClaimLostError('Another worker has the run');

    await expect(
      runWithin({
        ...common,
        abortWaitMs: MINUTE_MS,
        signal: controller.signal,
        work: async () => {
          controller.abort(reason);
          throw new Error('interrupted');
        },
      }),
    ).rejects.toBe(reason);
  });

  it('given work that does not heed its signal, then it is left alone once its time is over', async () => {
    await expect(
      runWithin({
        ...common,
        timeoutMs: 1,
        signal: new AbortController().signal,
        work: () => new Promise(() => {}),
      }),
    ).rejects.toThrow(StepTimeoutError);
  });
});
