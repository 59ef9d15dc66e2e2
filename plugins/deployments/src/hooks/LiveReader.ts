/** What a screen knows of something that it reads again and again. */
export type Live<T> = {
  /** What was read last; kept while it is read again, and when that fails. */
  value: T | undefined;
  /** Why the last reading failed; undefined once one succeeds. */
  error: Error | undefined;
  /** When `value` was read, milliseconds since 1970. */
  readAt: number | undefined;
  /** Whether nothing was heard for so long that `value` may be out of date. */
  isStale: boolean;
};

/** Silence after which what is shown counts as stale, milliseconds. */
const STALE_AFTER_MS = 30_000;
/** Signals come in bursts: at most one reading in this time, milliseconds. */
const THROTTLE_MS = 1_000;

export type LiveReaderOptions<T> = {
  /** Names what is read. */
  key: string;
  read: (signal: AbortSignal) => Promise<T>;
  /** How long to wait before reading again unasked, milliseconds; null where what was read can no longer change. */
  interval: (value: T | undefined) => number | null;
};

/**
 * Reads something now, when told that it changed, and every now and then besides, and keeps what it
 * read last. One reading runs at a time, so that an answer never overtakes a newer one.
 */
export class LiveReader<T> {
  readonly #options: LiveReaderOptions<T>;
  readonly #listeners = new Set<() => void>();
  #abort = new AbortController();
  #snapshot: Live<T> = {
    value: undefined,
    error: undefined,
    readAt: undefined,
    isStale: false,
  };
  #reading: Promise<void> | undefined;
  #wantedAgain = false;
  #lastStart = 0;
  #nextTimer: ReturnType<typeof setTimeout> | undefined;
  #staleTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LiveReaderOptions<T>) {
    this.#options = options;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): Live<T> => this.#snapshot;

  /** Begins to read; may follow a {@link LiveReader.stop}. */
  start(): void {
    this.#abort = new AbortController();
    this.#reading = undefined;
    this.reload();
  }

  /** Reads at once, or right after the reading that is under way. */
  readonly reload = (): Promise<void> => {
    if (this.#reading) {
      this.#wantedAgain = true;
      return this.#reading;
    }
    clearTimeout(this.#nextTimer);
    this.#reading = this.#read(this.#abort);
    return this.#reading;
  };

  /** Tells that something changed: reads soon. */
  hint(): void {
    const wait = this.#lastStart + THROTTLE_MS - Date.now();
    if (wait <= 0 || this.#reading) {
      this.reload();
    } else {
      this.#schedule(wait);
    }
  }

  /** Takes a value that an answer to a command brought along. */
  readonly put = (value: T): void => {
    this.#accept(value);
  };

  stop(): void {
    this.#abort.abort();
    clearTimeout(this.#nextTimer);
    clearTimeout(this.#staleTimer);
  }

  async #read({ signal }: AbortController): Promise<void> {
    do {
      this.#wantedAgain = false;
      this.#lastStart = Date.now();
      try {
        const value = await this.#options.read(signal);
        if (signal.aborted) {
          return;
        }
        this.#accept(value);
      } catch (error) {
        if (signal.aborted) {
          return;
        }
        this.#publish({
          ...this.#snapshot,
          error: error instanceof Error ? error : new Error(String(error)),
        });
      }
    } while (this.#wantedAgain);
    this.#reading = undefined;
    const interval = this.#options.interval(this.#snapshot.value);
    if (interval !== null) {
      this.#schedule(interval);
    }
  }

  #accept(value: T): void {
    clearTimeout(this.#staleTimer);
    this.#publish({
      value,
      error: undefined,
      readAt: Date.now(),
      isStale: false,
    });
    if (this.#options.interval(value) !== null) {
      this.#staleTimer = setTimeout(
        () => this.#publish({ ...this.#snapshot, isStale: true }),
        STALE_AFTER_MS,
      );
    }
  }

  #schedule(wait: number): void {
    if (this.#abort.signal.aborted) {
      return;
    }
    clearTimeout(this.#nextTimer);
    this.#nextTimer = setTimeout(this.reload, wait);
  }

  #publish(snapshot: Live<T>): void {
    this.#snapshot = snapshot;
    this.#listeners.forEach(listener => listener());
  }
}
