import { z } from 'zod';

/**
 * A program and its arguments. As a text it is split at white space, with quotes and backslashes
 * as in a shell, and nothing else of a shell: no variables, no pipes, no `;`. What looks like them
 * reaches the program as plain text.
 */
export const commandSchema = z
  .union([z.string().min(1).max(4_000), z.array(z.string()).min(1).max(200)])
  .transform((value, context) => {
    const argv = typeof value === 'string' ? splitCommand(value) : value;
    if (argv === undefined) {
      context.addIssue({ code: 'custom', message: 'a quote is not closed' });
      return z.NEVER;
    }
    if (argv.length === 0 || argv[0] === '') {
      context.addIssue({ code: 'custom', message: 'name a program to run' });
      return z.NEVER;
    }
    return argv;
  });

/** A command as an argument vector; its first member is the program. */
export type Command = string[];

/** Splits a command line into its arguments, or returns undefined where a quote is not closed. */
export function splitCommand(text: string): Command | undefined {
  const argv: string[] = [];
  let current: string | undefined;
  let quote: '"' | "'" | undefined;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (quote) {
      if (char === quote) {
        quote = undefined;
      } else if (char === '\\' && quote === '"' && /["\\]/.test(text[i + 1])) {
        current += text[++i];
      } else {
        current += char;
      }
    } else if (char === '"' || char === "'") {
      quote = char;
      current ??= '';
    } else if (char === '\\' && i + 1 < text.length) {
      current = (current ?? '') + text[++i];
    } else if (/\s/.test(char)) {
      if (current !== undefined) {
        argv.push(current);
      }
      current = undefined;
    } else {
      current = (current ?? '') + char;
    }
  }
  if (quote) {
    return undefined;
  }
  if (current !== undefined) {
    argv.push(current);
  }
  return argv;
}
