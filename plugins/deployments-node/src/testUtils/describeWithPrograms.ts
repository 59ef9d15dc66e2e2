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
  const packages = missing.map(name => PACKAGES[name]).join(' ');
  describeUnless(
    title,
    missing.length > 0
      ? `${missing.join(', ')} missing: apt-get install ${packages}`
      : undefined,
    body,
  );
}

/**
 * Tests that need something of the machine. Where there is an obstacle (what is wanting, and how to get it) they are left out,
 * with a title that says so; with `CI` set that is a failure.
 */
export function describeUnless(
  title: string,
  obstacle: string | undefined,
  body: () => void,
): void {
  if (obstacle === undefined) {
    describe(title, body);
  } else if (process.env.CI) {
    it(`${title} needs more of this machine`, () => {
      throw new Error(obstacle);
    });
  } else {
    describe.skip(`${title} (left out, ${obstacle})`, body);
  }
}
