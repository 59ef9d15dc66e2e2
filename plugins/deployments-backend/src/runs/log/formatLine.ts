import { cleanText } from './cleanText';
import { RawLine } from './LineSplitter';
import { Masker } from './Masker';

/** How much of one line is kept, characters. */
export const MAX_LINE_LENGTH = 4_000;

/** A line as it is kept: harmless, without secrets, and cut where it is very long. */
export function formatLine(line: RawLine, masker: Masker): string {
  const clean = cleanText(line.text);
  // What was dropped may have been the second half of a secret: as much as the longest could be is not shown.
  const certain =
    line.dropped > 0 ? Math.max(0, clean.length - masker.longest) : Infinity;
  if (clean.length <= Math.min(MAX_LINE_LENGTH, certain)) {
    return masker.mask(clean);
  }
  const end = avoidHalf(clean, Math.min(MAX_LINE_LENGTH, certain));
  const left = clean.length - end + line.dropped;
  return `${masker.mask(clean, end)} [${left} more characters were cut off]`;
}

/** Cuts before a character of two halves rather than between them. */
function avoidHalf(text: string, end: number): number {
  const last = text.charCodeAt(end - 1);
  return last >= 0xd800 && last <= 0xdbff ? end - 1 : end;
}
