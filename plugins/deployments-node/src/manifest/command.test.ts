import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { commandSchema, splitCommand } from './command';

/** Arguments as a real shell makes them of the same text. */
function splitByShell(text: string): string[] {
  return execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${text}`], {
    encoding: 'utf8',
  })
    .split('\0')
    .slice(0, -1);
}

describe('splitCommand', () => {
  it.each([
    ['npm run build', ['npm', 'run', 'build']],
    ['  npm\ttest ', ['npm', 'test']],
    [`node -e 'a b' "c d"`, ['node', '-e', 'a b', 'c d']],
    ['echo a\\ b', ['echo', 'a b']],
    [`echo "" ''`, ['echo', '', '']],
    [`echo "a \\"b\\" \\n"`, ['echo', 'a "b" \\n']],
    ['npm test; rm -rf /', ['npm', 'test;', 'rm', '-rf', '/']],
    [
      'echo $HOME `id` $(id) | cat > x',
      ['echo', '$HOME', '`id`', '$(id)', '|', 'cat', '>', 'x'],
    ],
  ])(
    'given %j, when it is split, then nothing of a shell but quoting has force',
    (text, argv) => {
      expect(splitCommand(text)).toEqual(argv);
    },
  );

  it('given a quote that is not closed, then there is no command', () => {
    expect(splitCommand(`npm run "build`)).toBeUndefined();
    expect(commandSchema.safeParse(`npm run 'x`).success).toBe(false);
  });

  it('given words that mean nothing to a shell, quoted in any way, then it splits as a real shell does', () => {
    const word = fc.stringMatching(/^[a-z0-9 .,:/=_-]{0,8}$/);
    const quoted = fc.oneof(
      word.map(w => `'${w}'`),
      word.map(w => `"${w}"`),
      word.map(w => (w.trim() === '' ? 'x' : w.replace(/ /g, '\\ '))),
    );
    fc.assert(
      fc.property(fc.array(quoted, { minLength: 1, maxLength: 5 }), parts => {
        const text = parts.join(' ');
        expect(splitCommand(text)).toEqual(splitByShell(text));
      }),
      { numRuns: 60 },
    );
  });

  it('given any arguments, when they are single-quoted, then they come back unchanged', () => {
    const argument = fc.string().map(s => s.replace(/['\0]/g, '_'));
    fc.assert(
      fc.property(fc.array(argument, { minLength: 1 }), argv => {
        const text = argv.map(a => `'${a}'`).join(' ');
        expect(splitCommand(text)).toEqual(argv);
      }),
    );
  });
});
