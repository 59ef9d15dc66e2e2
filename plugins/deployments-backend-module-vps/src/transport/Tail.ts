/** How much of what a program printed is kept for an error. */
const TAIL_LINES = 50;

/** The last lines of a text that comes in pieces. */
export class Tail {
  #text = '';

  add(text: string): void {
    this.#text = (this.#text + text)
      .split('\n')
      .slice(-TAIL_LINES - 1)
      .join('\n');
  }

  get text(): string {
    return this.#text.trimEnd();
  }
}
