import { Stop } from './Stop.mjs';

/** Where there is no terminal, a step that takes long says at most this often where it is, milliseconds. */
const DETAIL_INTERVAL_MS = 15_000;

/**
 * Says what goes on, a line a step: on a terminal the line counts the seconds, elsewhere (CI, a
 * pipe) a step is one line when it begins to take long and one when it is done.
 */
export class Progress {
  #out;
  #live;
  #startedAt = Date.now();

  /** @param {NodeJS.WriteStream} [out] */
  constructor(out = process.stdout) {
    this.#out = out;
    this.#live = Boolean(out.isTTY) && !process.env.CI;
  }

  /**
   * Carries out one step. What `work` returns, if it is a text, is shown beside it.
   *
   * @template T
   * @param {string} title
   * @param {(say: (detail: string) => void) => Promise<T>} work
   * @returns {Promise<T>}
   */
  async step(title, work) {
    const startedAt = Date.now();
    let detail = '';
    const draw = () =>
      this.#redraw(`  … ${title}${detail && `: ${detail}`}`, startedAt);
    if (this.#live) {
      draw();
    } else {
      this.#out.write(`  … ${title}\n`);
    }
    const timer = this.#live ? setInterval(draw, 500) : undefined;
    try {
      let toldAt = startedAt;
      const result = await work(text => {
        detail = text;
        if (this.#live) {
          draw();
        } else if (Date.now() - toldAt > DETAIL_INTERVAL_MS) {
          toldAt = Date.now();
          this.#out.write(`    … ${text} (${formatSeconds(startedAt)})\n`);
        }
      });
      const note = typeof result === 'string' && result ? `: ${result}` : '';
      this.#finish(`  ✓ ${title}${note}`, startedAt);
      return result;
    } catch (error) {
      this.#finish(`  ✗ ${title}`, startedAt);
      throw error;
    } finally {
      clearInterval(timer);
    }
  }

  /** @param {string} text */
  line(text = '') {
    this.#out.write(`${text}\n`);
  }

  /** Seconds since the script began. */
  get elapsed() {
    return (Date.now() - this.#startedAt) / 1000;
  }

  #redraw(text, startedAt) {
    const width = (this.#out.columns ?? 80) - 1;
    const line = `${text} ${formatSeconds(startedAt)}`;
    this.#out.write(`\r\x1b[2K${line.slice(0, width)}`);
  }

  #finish(text, startedAt) {
    const clear = this.#live ? '\r\x1b[2K' : '';
    this.#out.write(`${clear}${text} (${formatSeconds(startedAt)})\n`);
  }
}

/** The same for steps within a step: they are its details. */
export class NestedProgress {
  #say;

  /** @param {(detail: string) => void} say */
  constructor(say) {
    this.#say = say;
  }

  /**
   * @template T
   * @param {string} title
   * @param {(say: (detail: string) => void) => Promise<T>} work
   */
  step(title, work) {
    this.#say(title);
    return work(detail => this.#say(`${title}: ${detail}`));
  }
}

/**
 * Shows what ended a script, for people.
 *
 * @param {unknown} error
 * @param {NodeJS.WriteStream} [out]
 */
export function explain(error, out = process.stderr) {
  if (error instanceof Stop) {
    out.write(`\n${error.message}\n`);
    if (error.mend) {
      out.write(`\n  → ${error.mend}\n`);
    }
    out.write('\n');
  } else {
    out.write(`\n${error instanceof Error ? error.stack : String(error)}\n`);
  }
}

function formatSeconds(startedAt) {
  return `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
}
