import fc from 'fast-check';
import { minimatch } from 'minimatch';
import { matchesGlob } from './matchesGlob';

describe('matchesGlob', () => {
  it.each([
    ['*.map', 'app.js.map'],
    ['a*b*c', 'a12b3c'],
    ['v?.js', 'v1.js'],
    ['*', '.env'],
    ['docs/*.md', 'docs/a.md'],
    ['docs/**', 'docs/a/b.md'],
    ['**/fixtures/*.json', 'fixtures/a.json'],
    ['**/fixtures/*.json', 'src/lib/fixtures/a.json'],
    ['[id].tsx', '[id].tsx'],
  ])('%s stands for %s', (glob, path) => {
    expect(matchesGlob(glob, path)).toBe(true);
  });

  it.each([
    ['*.map', 'app.js'],
    ['a?c', 'ac'],
    ['docs/*.md', 'docs/a/b.md'],
    ['docs/**', 'docs'],
    ['docs', 'docs/a'],
    ['.nv', '.env'],
    ['[ab].js', 'a.js'],
  ])('%s does not stand for %s', (glob, path) => {
    expect(matchesGlob(glob, path)).toBe(false);
  });

  it('given any glob and path, then it says what shells and other programs say', () => {
    const sequence = (...units: string[]) =>
      fc.string({
        unit: fc.constantFrom(...units),
        minLength: 1,
        maxLength: 12,
      });
    fc.assert(
      fc.property(
        sequence('a', 'b', '*', '?', '/', '**/'),
        sequence('a', 'b', '/'),
        (glob, path) => {
          // Names are never empty.
          fc.pre(![glob, path].some(text => /^\/|\/\/|\/$/.test(text)));
          expect(matchesGlob(glob, path)).toBe(
            minimatch(path, glob, { dot: true }),
          );
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
