/** More than any message of ours: what sends so much without the end of a line sends something else. */
const MAX_LINE_CHARACTERS = 8 * 1024 * 1024;

/** A line that does not end. */
export class EndlessLineError extends Error {}

/** Cuts a text that comes in pieces into its lines. */
export class LineReader {
  readonly #onLine: (line: string) => void;
  #pieces: string[] = [];
  #length = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** @throws EndlessLineError, after which it takes nothing more. */
  add(text: string): void {
    const [first, ...others] = text.split('\n');
    this.#keep(first);
    for (const piece of others) {
      const line = this.#pieces.join('');
      this.#pieces = [];
      this.#length = 0;
      if (line !== '') {
        this.#onLine(line);
      }
      this.#keep(piece);
    }
  }

  #keep(piece: string): void {
    this.#length += piece.length;
    if (this.#length > MAX_LINE_CHARACTERS) {
      this.#pieces = [];
      throw new EndlessLineError(
        `A line is longer than ${MAX_LINE_CHARACTERS} characters`,
      );
    }
    this.#pieces.push(piece);
  }
}
