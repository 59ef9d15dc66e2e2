import fc from 'fast-check';
import { LineSplitter } from './LineSplitter';

function split(pieces: string[]): string[] {
  const splitter = new LineSplitter();
  return [
    ...pieces.flatMap(piece => splitter.push(piece)),
    ...splitter.end(),
  ].map(({ text }) => text);
}

describe('LineSplitter', () => {
  it('given a text cut into pieces anywhere, then its lines are those of the whole', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'é', '😀', ' ', '\n', '\r', '\r\n'),
      maxLength: 40,
    });
    fc.assert(
      fc.property(text, fc.array(fc.nat({ max: 60 })), (whole, cuts) => {
        const at = [...new Set([0, ...cuts, whole.length])].sort(
          (a, b) => a - b,
        );
        const pieces = at.map((from, i) => whole.slice(from, at[i + 1]));
        expect(split(pieces)).toEqual(split([whole]));
        expect(split([whole]).join('')).toBe(whole.replace(/[\r\n]/g, ''));
      }),
    );
  });

  it('given a progress bar, then each of its states is a line', () => {
    expect(split(['10%\r', '20%\r', '\n', 'done'])).toEqual([
      '10%',
      '20%',
      'done',
    ]);
  });

  it('given empty lines, then they stay', () => {
    expect(split(['a\n\n', '\nb\n'])).toEqual(['a', '', '', 'b']);
  });

  it('given a line without an end, then its first part is kept and the rest is counted', () => {
    const splitter = new LineSplitter();
    for (let i = 0; i < 100; i++) {
      splitter.push('x'.repeat(1_000));
    }

    expect(splitter.push('\n')).toEqual([
      { text: 'x'.repeat(65_536), dropped: 100_000 - 65_536 },
    ]);
    expect(splitter.push('next\n')).toEqual([{ text: 'next', dropped: 0 }]);
  });
});
