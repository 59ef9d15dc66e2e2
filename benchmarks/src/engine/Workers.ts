import { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Deferred } from '@slipway/plugin-deployments-backend/testUtils';
import { forkProgram } from '../lib/forkProgram';
import { Said, saidSchema } from './protocol';

/** How many processes work. */
export const PROCESSES = 4;

/** The processes that carry out the work of one contender. */
export class Workers {
  readonly #children: ChildProcess[];
  readonly #began = new Map<string, bigint>();
  #ready = 0;
  #finished = 0;
  #heard = new Deferred<void>();

  private constructor(children: ChildProcess[]) {
    this.#children = children;
    for (const child of children) {
      child.on('message', message => {
        // What transpiles the code talks over the same line.
        const { success, data } = saidSchema.safeParse(message);
        if (success) {
          this.#hear(data);
        }
      });
      child.on('exit', code => {
        if (code) {
          throw new Error(`A worker ended with ${code}`);
        }
      });
    }
  }

  /** Starts processes that wait for the word. */
  static async start(options: {
    program:
      | 'slipwayWorker'
      | 'pgBossWorker'
      | 'scaffolderWorker'
      | 'scaffolderEntrance';
    url: string;
    /** The file that what they log goes to. */
    log: number;
    /** As many as usual unless told. */
    processes?: number;
    env?: Record<string, string>;
  }): Promise<Workers> {
    const { program, url, log, processes = PROCESSES, env } = options;
    const workers = new Workers(
      Array.from({ length: processes }, () =>
        forkProgram({
          program: `engine/${program}.ts`,
          env: { ...env, BENCH_DATABASE: url, NODE_ENV: 'production' },
          stdio: ['ignore', log, 'inherit', 'ipc'],
        }),
      ),
    );
    await workers.#until(() => workers.#ready === processes);
    return workers;
  }

  /** Lets them begin, and waits until all of them look for work. */
  async go(): Promise<void> {
    for (const child of this.#children) {
      child.send({ what: 'go' });
    }
    await this.#until(() => this.#ready === 2 * this.#children.length);
  }

  /** Waits until so many runs were carried out since the beginning. */
  async untilFinished(runs: number): Promise<void> {
    await this.#until(() => this.#finished >= runs);
  }

  get finished(): number {
    return this.#finished;
  }

  /** When work on something began. */
  async untilBegan(key: string): Promise<bigint> {
    let at: bigint | undefined;
    await this.#until(() => {
      at = this.#began.get(key);
      return at !== undefined;
    });
    return at ?? 0n;
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.#children.map(async child => {
        const ended = once(child, 'exit');
        child.send({ what: 'stop' });
        await ended;
      }),
    );
  }

  #hear(said: Said): void {
    switch (said.what) {
      case 'ready':
        this.#ready += 1;
        break;
      case 'began':
        if (!this.#began.has(said.key)) {
          this.#began.set(said.key, BigInt(said.at));
        }
        break;
      case 'finished':
        this.#finished += 1;
        break;
      default:
        said satisfies never;
    }
    const heard = this.#heard;
    this.#heard = new Deferred();
    heard.resolve(undefined);
  }

  async #until(isReached: () => boolean): Promise<void> {
    while (!isReached()) {
      await this.#heard.promise;
    }
  }
}
