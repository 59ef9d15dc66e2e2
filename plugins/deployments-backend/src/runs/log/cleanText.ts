import { stripVTControlCharacters } from 'node:util';

/**
 * Control characters, line separators, and what turns the direction of a text round: a terminal or a page would obey
 * them. The tab stays, as does what ends a line.
 */
const HARMFUL = /[^\P{Cc}\t\n\r]|[\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** Takes colours and cursor movements out of a text, and shows what else is not for reading as a visible sign. */
export function cleanText(text: string): string {
  return stripVTControlCharacters(makeWellFormed(text)).replace(
    HARMFUL,
    showCharacter,
  );
}

/** `␛` for an escape, `<U+202E>` for what has no sign of its own. */
function showCharacter(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) {
    return String.fromCharCode(0x2400 + code);
  }
  return code === 0x7f
    ? '\u2421'
    : `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}

/** Halves of characters cannot be stored. */
function makeWellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
