import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const ROOT = path.resolve(
  path.dirname(fileURLToPath(import.meta.url)),
  '..',
  '..',
);

/** All that the scripts make and git ignores. */
export const SCRATCH = path.join(ROOT, '.slipway');

/** Programs brought through npm, a folder each. */
export const TOOLS = path.join(SCRATCH, 'tools');

/** A path as people read it: below the root without the root. */
export function shorten(file) {
  const relative = path.relative(ROOT, file);
  return relative.startsWith('..') ? file : relative || '.';
}
