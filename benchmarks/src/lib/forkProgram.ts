import { ChildProcess, fork, StdioOptions } from 'node:child_process';
import { resolvePackagePath } from '@backstage/backend-plugin-api';

/** Transpiles what the process loads. */
const TRANSFORM = require.resolve('@backstage/cli/config/nodeTransform.cjs');

/** Starts a program of this package as a process of its own, which can be talked to. */
export function forkProgram(options: {
  /** Below `src`: `engine/pgBossWorker.ts`. */
  program: string;
  env: Record<string, string>;
  nodeOptions?: string[];
  stdio?: StdioOptions;
}): ChildProcess {
  const { program, env, nodeOptions = [], stdio } = options;
  return fork(resolvePackagePath('@slipway/benchmarks', 'src', program), {
    execArgv: [...nodeOptions, '--require', TRANSFORM],
    env: { ...process.env, ...env },
    stdio,
  });
}
