import { Stop } from './Stop.mjs';

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
      const result = await work(text => {
        detail = text;
        if (this.#live) {
          draw();
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
