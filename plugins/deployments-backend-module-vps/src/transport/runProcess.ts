import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { Tail } from './Tail';

/** How long the last output of a program that has ended may take, milliseconds: what is open afterwards is held by something that it left behind. */
const LAST_OUTPUT_MS = 1_000;

export type ProcessOptions = {
  argv: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd?: string;
  /** Becomes standard input, which is closed at once where it is left out. */
  input?: Readable;
  onStdout(text: string): void;
  onStderr(text: string): void;
  /** Kills the program with all that it started in its process group. */
  signal: AbortSignal;
};

export type ProcessResult = {
  exitCode: number | null;
  /** The last lines of both streams, as they came. */
  tail: string;
  /** The last lines of standard error. */
  complaint: string;
};

/**
 * Runs a program of this machine in a process group of its own. What it leaves behind there, with its output still open, ends
 * with it.
 *
 * @throws the error of `spawn`, and the signal's reason where it was aborted.
 */
export async function runProcess(
  options: ProcessOptions,
): Promise<ProcessResult> {
  const { argv, env, cwd, input, onStdout, onStderr, signal } = options;
  signal.throwIfAborted();
  const [program, ...args] = argv;
  const child = spawn(program, args, {
    cwd,
    env,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const tail = new Tail();
  const complaint = new Tail();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    tail.add(text);
    onStdout(text);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    tail.add(text);
    complaint.add(text);
    onStderr(text);
  });
  // A program that ends without reading its input is not an error of ours.
  child.stdin.on('error', () => {});
  if (input === undefined) {
    child.stdin.end();
  } else {
    input.pipe(child.stdin);
    child.once('exit', () => child.stdin.destroy());
  }
  const kill = () => {
    if (child.pid !== undefined) {
      killGroup(child.pid);
    }
  };
  signal.addEventListener('abort', kill, { once: true });
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', () => {
        const timer = setTimeout(() => {
          kill();
          child.stdout.destroy();
          child.stderr.destroy();
        }, LAST_OUTPUT_MS);
        child.once('close', () => clearTimeout(timer));
      });
      child.once('close', resolve);
    });
    signal.throwIfAborted();
    return { exitCode, tail: tail.text, complaint: complaint.text };
  } finally {
    signal.removeEventListener('abort', kill);
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}
