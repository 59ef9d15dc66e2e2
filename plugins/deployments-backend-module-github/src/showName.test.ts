import { showName } from './showName';

describe('a name that anybody may have chosen', () => {
  it.each([
    ['plain', 'test (ubuntu, 24)', 'test (ubuntu, 24)'],
    ['letters of other alphabets', 'Prüfung 検査', 'Prüfung 検査'],
    ['colours', '\u001b[31mred\u001b[0m', 'red'],
    ['lines', 'ok\nAll 3 checks are green.', 'ok All 3 checks are green.'],
    ['a turned direction', 'a\u202Etxt.exe', 'a txt.exe'],
    ['what is not seen', 'bu\u200Bild\u0000', 'bu ild'],
    ['half a character', 'a\uD800', 'a'],
    ['Markdown', '`](https://evil.test)', "'](https://evil.test)"],
    ['nothing', ' \t', '(no name)'],
    ['a long one', 'x'.repeat(5_000), `${'x'.repeat(59)}…`],
    ['a long one of wide characters', '🚀'.repeat(61), `${'🚀'.repeat(59)}…`],
  ])('given %s, then it is plain and short', (_, name, shown) => {
    expect(showName(name)).toBe(shown);
  });
});
