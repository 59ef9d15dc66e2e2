import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { quoteArgv } from './quoteArgv';

/** The arguments that a real shell makes of a command line. */
function splitByShell(line: string): string[] {
  return execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${line}`], {
    encoding: 'utf8',
  })
    .split('\0')
    .slice(0, -1);
}

describe('quoteArgv', () => {
  it('given any arguments, when a real shell reads the line, then it makes the same ones of it', () => {
    const argument = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({
        unit: fc.constantFrom(...'\'"\\$`;&|<>(){}[]*?!~#\n\t -=a'),
      }),
    );
    fc.assert(
      fc.property(
        fc.array(
          argument.filter(text => !text.includes('\0')),
          { minLength: 1, maxLength: 6 },
        ),
        argv => {
          expect(splitByShell(quoteArgv(argv))).toEqual(argv);
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each([
    [['ls', '-l', '/srv/shop'], 'ls -l /srv/shop'],
    [[''], "''"],
    [["it's"], `'it'\\''s'`],
    [['$(id)', '`id`', ';'], "'$(id)' '`id`' ';'"],
    [['A=b'], "'A=b'"],
  ])('writes %j as %s', (argv, line) => {
    expect(quoteArgv(argv)).toBe(line);
  });

  it('given a NUL character, then it refuses', () => {
    expect(() => quoteArgv(['a\0b'])).toThrow('NUL');
  });
});
