import { LoggerService } from '@backstage/backend-plugin-api';
import { LogLine } from '@slipway/plugin-deployments-common';
import { StepLog } from '@slipway/plugin-deployments-node';
import { Claim, ClaimLostError } from '../../engine';
import { LogStore } from '../../stores';
import { now } from '../../stores/columns';
import { formatLine } from './formatLine';
import { LineSplitter, RawLine } from './LineSplitter';
import { Masker } from './Masker';

/** How long lines wait to be written together, milliseconds. */
const FLUSH_DELAY_MS = 200;

/** As many lines are written without waiting. */
const FLUSH_LINES = 1_000;

/** How much log a run may write. */
const MAX_LOG_BYTES = 16 * 1024 * 1024;

/** What the product itself says is kept beyond that, so that the end of the story is not missing. */
const SYSTEM_RESERVE_BYTES = 256 * 1024;

/** What a line takes beside its text. */
const LINE_OVERHEAD_BYTES = 64;

type NewLine = Omit<LogLine, 'line'>;
type Stream = LogLine['stream'];

/**
 * Takes what a step writes, and keeps it in batches. A lost claim ends the writing in silence; a database that is
 * away for a moment gets the lines later.
 */
export class StepLogWriter implements StepLog {
  readonly #claim: Claim;
  readonly #step: number;
  readonly #masker: Masker;
  readonly #logger: LoggerService;
  readonly #onWritten: (bytes: number) => void;
  readonly #maxBytes: number;
  readonly #splitters = {
    stdout: new LineSplitter(),
    stderr: new LineSplitter(),
  };
  #bytes: number;
  #pending: NewLine[] = [];
  #pendingBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();
  #flushWaits = false;

  constructor(options: {
    claim: Claim;
    /** Position of the step. */
    step: number;
    masker: Masker;
    logger: LoggerService;
    /** What the run's log takes up already. */
    usedBytes: number;
    /** Called after lines were written, with what they count against the limit. */
    onWritten: (bytes: number) => void;
    maxBytes?: number;
  }) {
    this.#claim = options.claim;
    this.#step = options.step;
    this.#masker = options.masker;
    this.#logger = options.logger;
    this.#bytes = options.usedBytes;
    this.#onWritten = options.onWritten;
    this.#maxBytes = options.maxBytes ?? MAX_LOG_BYTES;
  }

  stdout(text: string): void {
    this.#addAll('stdout', this.#splitters.stdout.push(text));
  }

  stderr(text: string): void {
    this.#addAll('stderr', this.#splitters.stderr.push(text));
  }

  info(text: string): void {
    const whole = new LineSplitter();
    this.#addAll('system', [...whole.push(text), ...whole.end()]);
  }

  /**
   * Writes all that was said until now, lines that were not ended too.
   *
   * @throws ClaimLostError where another worker has the run; whatever the database throws.
   */
  async close(): Promise<void> {
    this.#addAll('stdout', this.#splitters.stdout.end());
    this.#addAll('stderr', this.#splitters.stderr.end());
    clearTimeout(this.#timer);
    await this.#flushing;
    await this.#write();
  }

  #addAll(stream: Stream, lines: readonly RawLine[]): void {
    for (const line of lines) {
      this.#add(stream, formatLine(line, this.#masker));
    }
    if (this.#pending.length >= FLUSH_LINES) {
      this.#flush();
    } else if (this.#pending.length > 0 && !this.#timer) {
      this.#timer = setTimeout(() => this.#flush(), FLUSH_DELAY_MS);
      this.#timer.unref();
    }
  }

  #add(stream: Stream, text: string): void {
    const limit =
      stream === 'system'
        ? this.#maxBytes + SYSTEM_RESERVE_BYTES
        : this.#maxBytes;
    if (this.#bytes >= limit) {
      return;
    }
    const bytes = Buffer.byteLength(text) + LINE_OVERHEAD_BYTES;
    if (this.#bytes + bytes <= limit) {
      this.#keep(stream, text, bytes);
      return;
    }
    this.#keep(
      'system',
      `The log of this run has reached its limit of ${Math.round(
        this.#maxBytes / 1024,
      )} KiB. What programs write from here on is not kept.`,
      limit - this.#bytes,
    );
  }

  #keep(stream: Stream, text: string, bytes: number): void {
    this.#pending.push({ step: this.#step, at: now(), stream, text });
    this.#pendingBytes += bytes;
    this.#bytes += bytes;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#flushWaits) {
      return;
    }
    this.#flushWaits = true;
    this.#flushing = this.#flushing.then(async () => {
      this.#flushWaits = false;
      try {
        await this.#write();
      } catch (error) {
        if (!(error instanceof ClaimLostError)) {
          this.#logger.warn(
            'Lines of a log could not be written yet',
            error instanceof Error ? error : { error: String(error) },
          );
        }
      }
    });
  }

  async #write(): Promise<void> {
    const lines = this.#pending;
    const bytes = this.#pendingBytes;
    if (lines.length === 0) {
      return;
    }
    this.#pending = [];
    this.#pendingBytes = 0;
    try {
      await this.#claim.tx(trx =>
        new LogStore(trx).append({ runId: this.#claim.runId, lines, bytes }),
      );
    } catch (error) {
      this.#pending = [...lines, ...this.#pending];
      this.#pendingBytes += bytes;
      throw error;
    }
    this.#onWritten(bytes);
  }
}
