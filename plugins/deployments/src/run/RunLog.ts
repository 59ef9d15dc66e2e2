import stripAnsi from 'strip-ansi';
import { LogLine } from '@slipway/plugin-deployments-common';

/** What is known of a run's log; `lines` only ever grows at its end. */
export type RunLogState = {
  lines: readonly LogLine[];
  /** Whether all lines of a finished run are there. */
  isComplete: boolean;
  error: Error | undefined;
};

/** Batches that arrive within this time are shown together, milliseconds. */
const FLUSH_EVERY_MS = 100;

/**
 * Collects a run's log from its first line on, whenever it is opened, and tells its listeners in
 * batches: a build can write thousands of lines a second.
 */
export class RunLog {
  readonly #follow: (signal: AbortSignal) => AsyncIterable<LogLine[]>;
  readonly #listeners = new Set<() => void>();
  #abort = new AbortController();
  #state: RunLogState = { lines: [], isComplete: false, error: undefined };
  #pending: LogLine[] = [];
  #flushTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(follow: (signal: AbortSignal) => AsyncIterable<LogLine[]>) {
    this.#follow = follow;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): RunLogState => this.#state;

  /** Begins from line 1; may follow a {@link RunLog.stop}. */
  start(): void {
    this.#abort = new AbortController();
    this.#pending = [];
    this.#publish({ lines: [], isComplete: false, error: undefined });
    this.#run(this.#abort.signal);
  }

  stop(): void {
    this.#abort.abort();
    clearTimeout(this.#flushTimer);
    this.#flushTimer = undefined;
  }

  async #run(signal: AbortSignal): Promise<void> {
    try {
      for await (const batch of this.#follow(signal)) {
        if (signal.aborted) {
          return;
        }
        this.#add(batch);
      }
      if (!signal.aborted) {
        this.#flush({ isComplete: true });
      }
    } catch (error) {
      if (!signal.aborted) {
        this.#flush({
          error: error instanceof Error ? error : new Error(String(error)),
        });
      }
    }
  }

  #add(batch: LogLine[]): void {
    for (const line of batch) {
      this.#pending.push({ ...line, text: stripAnsi(line.text) });
    }
    this.#flushTimer ??= setTimeout(() => this.#flush({}), FLUSH_EVERY_MS);
  }

  #flush(change: Partial<RunLogState>): void {
    clearTimeout(this.#flushTimer);
    this.#flushTimer = undefined;
    const lines =
      this.#pending.length > 0
        ? [...this.#state.lines, ...this.#pending]
        : this.#state.lines;
    this.#pending = [];
    this.#publish({ ...this.#state, ...change, lines });
  }

  #publish(state: RunLogState): void {
    this.#state = state;
    this.#listeners.forEach(listener => listener());
  }
}
