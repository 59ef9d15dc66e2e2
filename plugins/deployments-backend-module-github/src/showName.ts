import { stripVTControlCharacters } from 'node:util';

const MAX_CHARS = 60;

/**
 * A name that anybody may have chosen, as a short piece of plain text: nothing in it moves a cursor, turns the direction
 * of a text round, begins a line, or ends the quotes around it.
 */
export function showName(name: string): string {
  const plain = stripVTControlCharacters(name)
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .replaceAll('`', "'")
    .trim();
  const characters = Array.from(plain);
  return characters.length > MAX_CHARS
    ? `${characters.slice(0, MAX_CHARS - 1).join('')}…`
    : plain || '(no name)';
}
