import { spawn } from 'node:child_process';
import { CustomErrorBase } from '@backstage/errors';

/** How much a git command may print before it is stopped: a listing of a very large repository fits. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** How long a git command may take, where its caller sets no signal of its own. */
const TIMEOUT_MS = 5 * 60_000;

/** How much of what git complained of is kept, from its end. */
const MAX_COMPLAINT_CHARS = 2_000;

/** Git ended with another status than 0. */
export class GitError extends CustomErrorBase {
  name = 'GitError' as const;

  constructor(
    message: string,
    readonly exitCode: number | null,
  ) {
    super(message);
  }
}

/**
 * Runs git with an argument vector and returns what it printed. It never asks for anything at a
 * terminal and reaches only URLs of the protocols given; helpers such as `ext::` are therefore out of reach.
 *
 * @throws GitError where git says no; credentials in URLs are taken out of its words.
 */
export async function runGit(
  args: readonly string[],
  options: {
    protocols: readonly string[];
    signal?: AbortSignal;
    env?: Record<string, string>;
  },
): Promise<string> {
  const signals = [AbortSignal.timeout(TIMEOUT_MS)];
  if (options.signal) {
    signals.push(options.signal);
  }
  const child = spawn('git', args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.any(signals),
    env: {
      ...process.env,
      ...options.env,
      LC_ALL: 'C',
      GIT_ALLOW_PROTOCOL: options.protocols.join(':'),
      GIT_TERMINAL_PROMPT: '0',
      GIT_LITERAL_PATHSPECS: '1',
      GIT_SSH_COMMAND: process.env.GIT_SSH_COMMAND ?? 'ssh -o BatchMode=yes',
    },
  });
  const printed: Buffer[] = [];
  let size = 0;
  let complaint = '';
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_OUTPUT_BYTES) {
      child.kill();
    } else {
      printed.push(chunk);
    }
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-MAX_COMPLAINT_CHARS);
  });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (size > MAX_OUTPUT_BYTES) {
    throw new GitError('git printed more than 64 MB', exitCode);
  }
  if (exitCode !== 0) {
    throw new GitError(describeComplaint(complaint, exitCode), exitCode);
  }
  return Buffer.concat(printed).toString('utf8');
}

function describeComplaint(complaint: string, exitCode: number | null): string {
  const text = complaint.trim().replace(/:\/\/[^/\s@]*@/g, '://');
  return text === '' ? `git ended with status ${exitCode}` : text;
}
