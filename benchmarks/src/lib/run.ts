import { spawn } from 'node:child_process';

/**
 * Runs a program to its end and returns what it printed.
 *
 * @throws Error with the end of its output where it fails.
 */
export function run(
  argv: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const [program, ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...options,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', chunk => {
      output += chunk;
    });
    child.stderr.on('data', chunk => {
      output += chunk;
    });
    child.on('error', reject);
    child.on('close', code => {
      if (code === 0) {
        resolve(output);
      } else {
        reject(
          new Error(
            `${argv.join(' ')} ended with ${code}:\n${output.slice(-2_000)}`,
          ),
        );
      }
    });
  });
}
