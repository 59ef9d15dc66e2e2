import { setTimeout as delay } from 'node:timers/promises';
import {
  StepErroredError,
  StepFailedError,
} from '@slipway/plugin-deployments-node';
import { z } from 'zod';
import type { Site } from '../../host/types';
import { HostTransport, UploadOptions } from '../transport/HostTransport';
import { HostCall, HostSession } from './HostSession';

/** How long the program on the host stays without a call, milliseconds: a run's steps need not wait for its start, and a host need not have it between observations. */
const IDLE_MS = 10_000;

/** How long a host that is to be closed waits for what goes on there, milliseconds: less than a platform gives a portal to end. */
const CLOSE_MS = 25_000;

export type HostTask<T> = HostCall & {
  input: { site: Site } & Record<string, unknown>;
  /** Of what the task returns. */
  result: z.ZodType<T>;
};

/** A host as the steps see it: tasks that its program carries out, and uploads. */
export class Host {
  readonly #transport: HostTransport;
  /** Also those that take no more calls and have not ended yet. */
  readonly #sessions = new Set<HostSession>();
  #session: HostSession | undefined;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(transport: HostTransport) {
    this.#transport = transport;
  }

  /** Programs that the host has to have beside those that the steps use. */
  get tools(): HostTransport['tools'] {
    return this.#transport.tools;
  }

  /**
   * Carries out a task.
   *
   * @throws StepFailedError or StepErroredError with the host's own words.
   */
  async carryOut<T>({ result, ...call }: HostTask<T>): Promise<T> {
    const end = await this.#openSession().call(call);
    switch (end.type) {
      case 'result':
        return readResult(call.task, result, end.value);
      case 'failure':
        throw end.kind === 'failed'
          ? new StepFailedError(end.message, end.mend)
          : new StepErroredError(end.message, end.mend);
      default:
        return end satisfies never;
    }
  }

  upload(options: UploadOptions): Promise<void> {
    return this.#transport.upload(options);
  }

  /** Closes the connection, once what goes on over it has ended; what takes too long is cut off. */
  async close(): Promise<void> {
    clearTimeout(this.#idleTimer);
    this.#session?.close();
    const waited = new AbortController();
    await Promise.race([
      Promise.all([...this.#sessions].map(({ ended }) => ended)),
      delay(CLOSE_MS, undefined, { signal: waited.signal }),
    ]).finally(() => waited.abort());
    await this.#transport.close();
  }

  #openSession(): HostSession {
    clearTimeout(this.#idleTimer);
    if (!this.#session?.isOpen) {
      const session = new HostSession({
        transport: this.#transport,
        onIdle: () => this.#closeLater(),
      });
      this.#sessions.add(session);
      session.ended.then(() => this.#sessions.delete(session));
      this.#session = session;
    }
    return this.#session;
  }

  #closeLater(): void {
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => this.#session?.close(), IDLE_MS);
    this.#idleTimer.unref();
  }
}

function readResult<T>(task: string, schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (!result.success) {
    throw new StepErroredError(
      `The host’s answer to ${task} cannot be read: ${z.prettifyError(result.error)}`,
    );
  }
  return result.data;
}
