/** How much of what a program printed is kept for an error. */
const TAIL_LINES = 50;
const TAIL_CHARACTERS = 64 * 1024;

/** Where a line ends: also where a program that shows its progress writes it anew. What ends with `\r` may go on with `\n`. */
const LINE_END = /\r\n|\n|\r(?!$)/;

/** The last lines of a text that comes in pieces. */
export class Tail {
  #text = '';

  add(text: string): void {
    const all = this.#text + text;
    const lines = all.slice(-TAIL_CHARACTERS).split(LINE_END);
    if (all.length > TAIL_CHARACTERS && lines.length > 1) {
      lines.shift();
    }
    this.#text = lines.slice(-TAIL_LINES - 1).join('\n');
  }

  get text(): string {
    return this.#text.trimEnd();
  }
}
