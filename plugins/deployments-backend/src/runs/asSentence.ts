/** A message that others can follow: with a full stop, unless it ends like a sentence already. */
export function asSentence(message: string): string {
  return /[.!?…:]$/.test(message) ? message : `${message}.`;
}
