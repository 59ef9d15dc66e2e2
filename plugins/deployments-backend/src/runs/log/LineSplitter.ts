/** How much of one line is looked at, characters. */
const MAX_RAW_LENGTH = 65_536;

/** A line as it was written; of a very long one, what followed its first part is only counted. */
export type RawLine = { text: string; dropped: number };

/**
 * Joins what a program writes, in pieces of any size, to lines. A carriage return ends a line too, so that each state of a
 * progress bar is one.
 */
export class LineSplitter {
  #text = '';
  #dropped = 0;
  #begun = false;
  #afterCarriageReturn = false;

  /** Takes a piece, and gives out the lines that it completes. */
  push(piece: string): RawLine[] {
    if (!piece) {
      return [];
    }
    const text =
      this.#afterCarriageReturn && piece.startsWith('\n')
        ? piece.slice(1)
        : piece;
    this.#afterCarriageReturn = piece.endsWith('\r');
    const [first = '', ...rest] = text.split(/\r\n|\n|\r/);
    const lines: RawLine[] = [];
    this.#join(first);
    for (const part of rest) {
      lines.push(this.#take());
      this.#join(part);
    }
    return lines;
  }

  /** Gives out the line that was begun and not ended. */
  end(): RawLine[] {
    return this.#begun ? [this.#take()] : [];
  }

  #join(part: string): void {
    if (!part) {
      return;
    }
    this.#begun = true;
    const room = MAX_RAW_LENGTH - this.#text.length;
    this.#text += part.slice(0, room);
    this.#dropped += Math.max(0, part.length - room);
  }

  #take(): RawLine {
    const line = { text: this.#text, dropped: this.#dropped };
    this.#text = '';
    this.#dropped = 0;
    this.#begun = false;
    return line;
  }
}
