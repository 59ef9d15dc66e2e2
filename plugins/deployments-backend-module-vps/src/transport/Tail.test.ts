import path from 'node:path';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { Tail } from './Tail';

const { keepTail } = jest.requireActual<{ keepTail(text: string): string }>(
  path.join(
    resolvePackagePath('@slipway/plugin-deployments-backend-module-vps'),
    'host/processes.cjs',
  ),
);

/** Both keep the end of what a program prints: the portal's side, and the host's. */
const KEEPERS = {
  'the portal': (pieces: string[]) => {
    const tail = new Tail();
    pieces.forEach(piece => tail.add(piece));
    return tail.text;
  },
  'the host': (pieces: string[]) =>
    pieces.reduce((kept, piece) => keepTail(kept + piece), '').trimEnd(),
};

describe.each(Object.entries(KEEPERS))('the tail on %s', (_, keep) => {
  it('given many lines, then the last 50 are kept', () => {
    const lines = Array.from({ length: 80 }, (__, index) => `line ${index}`);

    expect(keep([`${lines.join('\n')}\n`])).toBe(lines.slice(30).join('\n'));
  });

  it('given progress that is written over itself, then each state is a line', () => {
    const states = Array.from({ length: 80 }, (__, index) => `${index} %`);

    expect(keep([...states.map(state => `${state}\r`), '\n'])).toBe(
      states.slice(30).join('\n'),
    );
  });

  it('given an end of line that comes in two pieces, then it is one', () => {
    expect(keep(['first\r', '\nsecond'])).toBe('first\nsecond');
  });

  it('given output without an end of line, then what is kept stays small', () => {
    const pieces = Array.from({ length: 100 }, () => 'x'.repeat(10_000));

    expect(keep(pieces)).toHaveLength(64 * 1024);
  });

  it('given long lines, then the first that is kept is whole', () => {
    const long = `${'x'.repeat(40_000)}`;

    expect(keep([`${long}\n`, `${long}\n`, 'last'])).toBe(`${long}\nlast`);
  });
});
