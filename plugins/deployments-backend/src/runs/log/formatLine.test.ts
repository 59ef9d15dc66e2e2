import { Secret } from '@slipway/plugin-deployments-node';
import fc from 'fast-check';
import { cleanText } from './cleanText';
import { formatLine, MAX_LINE_LENGTH } from './formatLine';
import { Masker } from './Masker';

const nothing = new Masker([]);
const masker = new Masker([new Secret('db', 'hunter2')]);

describe('cleanText', () => {
  it.each([
    ['colours', '\u001b[1;31merror\u001b[0m: no', 'error: no'],
    ['links', '\u001b]8;;http://x\u0007text\u001b]8;;\u0007', 'text'],
    ['cursor movements', '\u001b[2K\u001b[1Gready', 'ready'],
    ['a bell and a null', 'a\u0007b\u0000c', 'a␇b␀c'],
    ['a lone escape', 'a\u001b', 'a␛'],
    ['a delete', 'a\u007fb', 'a␡b'],
    ['a turned direction', 'user\u202egnp.exe', 'user<U+202E>gnp.exe'],
    ['half a character', 'a\ud83d', 'a\ufffd'],
    ['tabs', 'a\tb', 'a\tb'],
    ['letters of the world', 'Größe 日本 😀', 'Größe 日本 😀'],
  ])('given %s, then the text is harmless and readable', (_, text, clean) => {
    expect(cleanText(text)).toBe(clean);
  });

  it('given any text, then no control character but tab and line end is left', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(cleanText(text)).not.toMatch(/[^\P{Cc}\t\n\r]/u);
      }),
    );
  });
});

describe('formatLine', () => {
  it('given a secret with colours within it, then it is masked', () => {
    expect(
      formatLine({ text: 'pw hun\u001b[31mter2\u001b[0m', dropped: 0 }, masker),
    ).toBe('pw ***');
  });

  it('given a very long line, then it is cut and says how much is missing', () => {
    const line = formatLine(
      { text: 'x'.repeat(MAX_LINE_LENGTH + 5), dropped: 10 },
      nothing,
    );

    expect(line).toBe(
      `${'x'.repeat(MAX_LINE_LENGTH)} [15 more characters were cut off]`,
    );
  });

  it('given a secret at any place about the cut, then no part of it shows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: MAX_LINE_LENGTH - 20, max: MAX_LINE_LENGTH + 5 }),
        fc.nat({ max: 100 }),
        (before, after) => {
          const line = formatLine(
            {
              text: `${'.'.repeat(before)}hunter2${'.'.repeat(after)}`,
              dropped: 0,
            },
            masker,
          );
          expect(line).toMatch(
            /^\.*(\*{3})?\.*( \[\d+ more characters were cut off\])?$/,
          );
        },
      ),
    );
  });

  it('given a line of which the end was dropped in the middle of a secret, then its first half does not show', () => {
    const line = formatLine(
      { text: `${'.'.repeat(40)}hunte`, dropped: 2 },
      masker,
    );

    expect(line).toMatch(/^\.+ \[\d+ more characters were cut off\]$/);
  });

  it('given a character of two halves at the cut, then it is not torn', () => {
    const line = formatLine(
      { text: `${'x'.repeat(MAX_LINE_LENGTH - 1)}😀`, dropped: 0 },
      nothing,
    );

    expect(line).toBe(
      `${'x'.repeat(MAX_LINE_LENGTH - 1)} [2 more characters were cut off]`,
    );
  });
});
