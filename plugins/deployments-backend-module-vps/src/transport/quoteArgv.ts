/** What a POSIX shell takes as it stands, wherever it stands. */
const PLAIN = /^[A-Za-z0-9_/.:@%+,-]+$/;

/**
 * One command line of which a POSIX shell makes exactly these arguments again, whatever they contain. The only place where arguments
 * become a text: OpenSSH hands a text to the login shell of the other side.
 *
 * @throws Error for a NUL character, which no argument can contain.
 */
export function quoteArgv(argv: readonly string[]): string {
  return argv.map(quoteArgument).join(' ');
}

function quoteArgument(argument: string): string {
  if (argument.includes('\0')) {
    throw new Error('An argument cannot contain a NUL character.');
  }
  return PLAIN.test(argument)
    ? argument
    : `'${argument.replaceAll("'", `'\\''`)}'`;
}
