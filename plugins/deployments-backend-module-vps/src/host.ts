import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import {
  StepErroredError,
  StepFailedError,
} from '@slipway/plugin-deployments-node';
import { z } from 'zod';
import type { Site } from '../host/types';
import { LineReader } from './LineReader';
import { HostTransport } from './transport/HostTransport';

const HOST_DIRECTORY = resolvePackagePath(
  '@slipway/plugin-deployments-backend-module-vps',
  'host',
);
const BOOTSTRAP = 'bootstrap.cjs';

/** What a shell says for a program that is not there. */
const NOT_FOUND = 127;

const eventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('log'),
    stream: z.enum(['stdout', 'stderr', 'system']),
    text: z.string(),
  }),
  z.object({ type: z.literal('result'), value: z.unknown() }),
  z.object({
    type: z.literal('failure'),
    kind: z.enum(['failed', 'errored']),
    message: z.string(),
    mend: z.string().optional(),
  }),
]);
type HostEvent = z.infer<typeof eventSchema>;

/** Where lines of a task's log go. */
export type HostLog = {
  stdout(text: string): void;
  stderr(text: string): void;
  info(text: string): void;
};

export const SILENT_LOG: HostLog = {
  stdout() {},
  stderr() {},
  info() {},
};

export type HostTask<T> = {
  /** A task of `host/main.cjs`. */
  task: string;
  /** Goes over standard input, and so may hold secrets. */
  input: { site: Site } & Record<string, unknown>;
  /** Of what the task returns. */
  result: z.ZodType<T>;
  transport: HostTransport;
  log: HostLog;
  signal: AbortSignal;
};

/**
 * Carries out a task on a host, in one round trip.
 *
 * @throws StepFailedError or StepErroredError with the host's own words.
 */
export async function runOnHost<T>(request: HostTask<T>): Promise<T> {
  const { task, input, result, transport, log, signal } = request;
  const { bootstrap, modules } = loadProgram();
  let outcome: Exclude<HostEvent, { type: 'log' }> | undefined;
  const reader = new LineReader(line => {
    const event = eventSchema.parse(JSON.parse(line));
    if (event.type === 'log') {
      writeLog(log, event);
    } else {
      outcome = event;
    }
  });
  const { exitCode, complaint } = await transport.run({
    argv: ['node', '-e', bootstrap],
    input: `${JSON.stringify({ modules, call: { task, input } })}\n`,
    onOutput: text => reader.add(text),
    signal,
  });
  if (outcome?.type === 'result') {
    return result.parse(outcome.value);
  }
  if (outcome?.type === 'failure') {
    const { kind, message, mend } = outcome;
    throw kind === 'failed'
      ? new StepFailedError(message, mend)
      : new StepErroredError(message, mend);
  }
  if (exitCode === NOT_FOUND) {
    throw new StepErroredError(
      'The host has no node in its PATH.',
      'Install Node.js 20 or newer on the host, or name its directory in the connection’s path.',
    );
  }
  throw new StepErroredError(
    `The host ended ${task} without an answer (status ${exitCode}): ${complaint}`,
  );
}

let program: { bootstrap: string; modules: Record<string, string> } | undefined;

/** The modules that go to the host with every task; they are read once. */
function loadProgram() {
  program ??= {
    bootstrap: readFileSync(path.join(HOST_DIRECTORY, BOOTSTRAP), 'utf8'),
    modules: Object.fromEntries(
      readdirSync(HOST_DIRECTORY)
        .filter(name => name.endsWith('.cjs') && name !== BOOTSTRAP)
        .map(name => [
          `./${name}`,
          readFileSync(path.join(HOST_DIRECTORY, name), 'utf8'),
        ]),
    ),
  };
  return program;
}

function writeLog(log: HostLog, event: HostEvent & { type: 'log' }): void {
  switch (event.stream) {
    case 'stdout':
      return log.stdout(event.text);
    case 'stderr':
      return log.stderr(event.text);
    case 'system':
      return log.info(event.text);
    default:
      return event.stream satisfies never;
  }
}
