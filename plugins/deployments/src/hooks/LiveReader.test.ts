import { LiveReader } from './LiveReader';

describe('LiveReader', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  /** A reader of 1, 2, 3, … whose source can be told to fail. */
  function createReader(isFinal = false) {
    const source = { reads: 0, error: undefined as Error | undefined };
    const reader = new LiveReader<number>({
      key: 'numbers',
      interval: () => (isFinal ? null : 15_000),
      read: async () => {
        source.reads += 1;
        if (source.error) {
          throw source.error;
        }
        return source.reads;
      },
    });
    reader.start();
    return { reader, source };
  }
  const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

  it('reads at once, and again when its time has come', async () => {
    const { reader } = createReader();
    await pass(0);
    expect(reader.getSnapshot().value).toBe(1);
    await pass(15_000);
    expect(reader.getSnapshot().value).toBe(2);
    reader.stop();
  });

  it('given a burst of hints, then it reads once for all of them', async () => {
    const { reader, source } = createReader();
    await pass(100);
    for (let count = 0; count < 10; count += 1) {
      reader.hint();
    }
    await pass(1_000);
    expect(source.reads).toBe(2);
    reader.stop();
  });

  it('given readings fail, then it keeps the value, says why, and after 30 s of silence says that it is stale', async () => {
    const { reader, source } = createReader();
    await pass(0);
    source.error = new Error('the network is down');
    await pass(16_000);
    expect(reader.getSnapshot()).toMatchObject({
      value: 1,
      error: source.error,
      isStale: false,
    });
    await pass(15_000);
    expect(reader.getSnapshot()).toMatchObject({ value: 1, isStale: true });

    source.error = undefined;
    await reader.reload();
    expect(reader.getSnapshot()).toMatchObject({
      error: undefined,
      isStale: false,
    });
    reader.stop();
  });

  it('given what was read is final, then it neither reads again nor becomes stale', async () => {
    const { reader, source } = createReader(true);
    await pass(120_000);
    expect(source.reads).toBe(1);
    expect(reader.getSnapshot().isStale).toBe(false);
  });

  it('given it was stopped, then nothing that still comes in counts', async () => {
    const { reader, source } = createReader();
    reader.stop();
    await pass(60_000);
    expect(source.reads).toBe(1);
    expect(reader.getSnapshot().value).toBeUndefined();
  });
});
