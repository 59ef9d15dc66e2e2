import { ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { RunId } from '@slipway/plugin-deployments-common';
import {
  Deferred,
  TcpProxy,
} from '@slipway/plugin-deployments-backend/testUtils';
import { forkProgram } from '../lib/forkProgram';
import { Question, Said, saidSchema, Told } from './protocol';

/** How long a replica may take to do what it is asked to, milliseconds. */
const ORDER_TIMEOUT_MS = 20_000;

type State = 'starting' | 'ready' | 'struck' | 'retiring' | 'gone';

type Answer = Extract<Said, { what: 'answer' }>;

type Order = Told extends infer Each
  ? Each extends { what: 'start' | 'decide' }
    ? Omit<Each, 'id'>
    : never
  : never;

export type ReplicaOptions = {
  name: string;
  directory: string;
  postgres: { port: number; urlOf(database: string, port?: number): string };
  /** Called with what the replica asks; it waits for the answer. */
  onQuestion(replica: Replica, question: Question): Promise<boolean>;
  /** Called whenever it begins or ceases to be of use. */
  onChange(replica: Replica): void;
};

/** A replica as a process of its own, with a way to the database of its own. */
export class Replica {
  readonly name: string;
  readonly #options: ReplicaOptions;
  readonly #proxy: TcpProxy;
  readonly #orders = new Map<number, (answer: Answer) => void>();
  readonly #ended = new Deferred<null>();
  #child: ChildProcess | undefined;
  #ordered = 0;
  #state: State = 'starting';

  constructor(options: ReplicaOptions) {
    this.name = options.name;
    this.#options = options;
    this.#proxy = new TcpProxy({
      host: '127.0.0.1',
      port: options.postgres.port,
    });
    void this.#start();
  }

  get isReady(): boolean {
    return this.#state === 'ready';
  }

  get isGone(): boolean {
    return this.#state === 'gone';
  }

  /** Whether it works, or is on its way to. */
  get isOfUse(): boolean {
    return this.#state === 'starting' || this.#state === 'ready';
  }

  kill(): void {
    this.#become('struck');
    this.#child?.kill('SIGKILL');
  }

  /** Stops it as an operating system that has no time for it would. */
  async stall(ms: number): Promise<void> {
    this.#become('struck');
    this.#child?.kill('SIGSTOP');
    await delay(ms);
    this.#child?.kill('SIGCONT');
    this.#become('ready');
  }

  /** Breaks its connections to the database, and lets it have none for a time. */
  async cut(ms: number): Promise<void> {
    this.#become('struck');
    await this.#proxy.cut();
    await delay(ms);
    if (!this.isGone) {
      await this.#proxy.open();
      this.#become('ready');
    }
  }

  /** Has its connections stay open with nothing coming through, and breaks them in the end. */
  async silence(ms: number): Promise<void> {
    this.#become('struck');
    this.#proxy.silence();
    await delay(ms);
    await this.#proxy.cut();
    if (!this.isGone) {
      await this.#proxy.open();
      this.#become('ready');
    }
  }

  /** Tells it to stop, as a deployment of the portal does. */
  async retire(): Promise<void> {
    this.#become('retiring');
    this.#child?.kill('SIGTERM');
    await this.#ended.promise;
  }

  /** Ends it for good. */
  async end(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.#ended.promise;
  }

  /**
   * Has it do something for a person.
   *
   * @throws Error where it says that it could not, or says nothing.
   */
  async order(order: Order): Promise<RunId> {
    this.#ordered += 1;
    const id = this.#ordered;
    const answer = new Promise<Answer>(resolve => {
      this.#orders.set(id, resolve);
    });
    this.#tell({ ...order, id });
    const timeout = new AbortController();
    const silence = delay(ORDER_TIMEOUT_MS, null, timeout).catch(() => null);
    try {
      const said = await Promise.race([answer, this.#ended.promise, silence]);
      if (!said?.runId) {
        throw new Error(said?.problem ?? `${this.name} said nothing`);
      }
      return said.runId;
    } finally {
      timeout.abort();
      this.#orders.delete(id);
    }
  }

  async #start(): Promise<void> {
    const { name, directory, postgres } = this.#options;
    await this.#proxy.open();
    const child = forkProgram({
      program: 'certificate/replicaProgram.ts',
      env: {
        CERTIFICATE_DATABASE: postgres.urlOf('postgres', this.#proxy.port),
        NODE_COMPILE_CACHE: join(directory, 'compiled'),
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    const log = createWriteStream(join(directory, `${name}.log`));
    child.stdout?.pipe(log);
    child.stderr?.pipe(log);
    child.on('message', message => {
      // What transpiles the code talks over the same line.
      const { success, data } = saidSchema.safeParse(message);
      if (success) {
        void this.#hear(data);
      }
    });
    child.on('exit', async () => {
      this.#become('gone');
      await this.#proxy.cut();
      this.#ended.resolve(null);
    });
  }

  async #hear(said: Said): Promise<void> {
    switch (said.what) {
      case 'ready':
        this.#become('ready');
        return;
      case 'answer':
        this.#orders.get(said.id)?.(said);
        return;
      case 'question': {
        const is = await this.#options.onQuestion(this, said);
        this.#tell({ what: 'answer', id: said.id, is });
        return;
      }
      default:
        said satisfies never;
    }
  }

  /** A replica that is gone, or is about to stop, does not come back. */
  #become(state: State): void {
    const isFinal = this.#state === 'gone' || this.#state === 'retiring';
    if (!isFinal || state === 'gone') {
      this.#state = state;
      this.#options.onChange(this);
    }
  }

  #tell(told: Told): void {
    if (this.#child?.connected) {
      // Where it ended in the meantime, nobody is there to hear.
      this.#child.send(told, () => {});
    }
  }
}
