/** Ends a script with words for people: what is wrong, and what to do about it. No stack is shown. */
export class Stop extends Error {
  name = 'Stop';

  /**
   * @param {string} message what is wrong
   * @param {string} [mend] what to do
   */
  constructor(message, mend) {
    super(message);
    this.mend = mend;
  }
}
