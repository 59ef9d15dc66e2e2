import { existsSync } from 'node:fs';
import path from 'node:path';

/** The Debian packages that bring what the tests use. */
const PACKAGES = {
  pgbouncer: 'pgbouncer',
  rsync: 'rsync',
  ssh: 'openssh-client',
  sshd: 'openssh-server',
} as const;
export type TestProgram = keyof typeof PACKAGES;

/** Where system programs are that are not in everybody's PATH. */
const SYSTEM_DIRECTORIES = ['/usr/sbin', '/sbin', '/usr/local/sbin'];

/** The path of an installed program. */
export function findProgram(name: string): string | undefined {
  return [
    ...(process.env.PATH ?? '').split(path.delimiter),
    ...SYSTEM_DIRECTORIES,
  ]
    .map(directory => path.join(directory, name))
    .find(file => existsSync(file));
}

/**
 * Tests that need programs of the machine. Where one is missing they are left out, with a title that says how to get
 * it; with `CI` set that is a failure.
 */
export function describeWithPrograms(
  title: string,
  programs: readonly TestProgram[],
  body: () => void,
): void {
  const missing = programs.filter(name => findProgram(name) === undefined);
  if (missing.length === 0) {
    describe(title, body);
    return;
  }
  const packages = missing.map(name => PACKAGES[name]).join(' ');
  const advice = `${missing.join(', ')} missing: apt-get install ${packages}`;
  if (process.env.CI) {
    it(`${title} needs its programs`, () => {
      throw new Error(advice);
    });
  } else {
    describe.skip(`${title} (left out, ${advice})`, body);
  }
}
