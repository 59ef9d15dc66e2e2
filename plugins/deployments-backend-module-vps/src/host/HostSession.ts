import { PassThrough } from 'node:stream';
import { StepErroredError } from '@slipway/plugin-deployments-node';
import { HostTransport, ProgramResult } from '../transport/HostTransport';
import { EndEvent, hostEventSchema } from './events';
import { HostLog, writeLog } from './HostLog';
import { EndlessLineError, LineReader } from './LineReader';
import { loadProgram } from './loadProgram';

/** What a shell says for a program that is not there. */
const NOT_FOUND = 127;

/** How long a program that is left where it is may take to end, milliseconds; afterwards nobody listens to it any more. */
const END_MS = 25_000;

/** How long a task that was told to abort may take to come to rest, milliseconds: what follows must not meet it at work. */
const ABORT_MS = 8_000;

export type HostCall = {
  /** A task of `host/main.cjs`. */
  task: string;
  /** Goes over standard input, and so may hold secrets. */
  input: object;
  /** The run that it is for, where it is for one; programs that are started for it find it in SLIPWAY_RUN_ID. */
  runId?: string;
  log: HostLog;
  signal: AbortSignal;
};

type Pending = {
  task: string;
  log: HostLog;
  resolve(event: EndEvent): void;
  reject(error: unknown): void;
};

/** The program on a host while it runs. Any number of calls are under way in it at once. */
export class HostSession {
  /** Resolves when the program is gone, for whatever reason. */
  readonly ended: Promise<void>;
  readonly #input = new PassThrough();
  readonly #pending = new Map<number, Pending>();
  readonly #transport: HostTransport;
  readonly #onIdle: () => void;
  readonly #cut = new AbortController();
  #calls = 0;
  #isOpen = true;

  /** @param options.onIdle called whenever the last call that was under way has ended */
  constructor(options: { transport: HostTransport; onIdle(): void }) {
    this.#transport = options.transport;
    this.#onIdle = options.onIdle;
    const { bootstrap, modules } = loadProgram();
    this.#send({ modules });
    const reader = new LineReader(line => this.#receive(line));
    const receive = (text: string) => {
      try {
        reader.add(text);
      } catch (error) {
        this.#abandon(() => explainLoss(error));
        this.#input.end();
        this.#cut.abort(error);
      }
    };
    this.ended = options.transport
      .run({
        argv: ['node', '-e', bootstrap],
        input: this.#input,
        onOutput: receive,
        signal: this.#cut.signal,
      })
      .then(
        result => this.#abandon(task => explainEnd(task, result)),
        error => this.#abandon(() => explainLoss(error)),
      );
  }

  /** Whether it takes calls. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /**
   * Carries out a task, in one round trip. One that is aborted is waited for, so that nothing goes on beside what comes after it.
   *
   * @throws StepErroredError where the program or the connection to it is lost; the signal's reason where it is aborted.
   */
  call({ task, input, runId, log, signal }: HostCall): Promise<EndEvent> {
    signal.throwIfAborted();
    this.#calls += 1;
    const id = this.#calls;
    return new Promise<EndEvent>((resolve, reject) => {
      let patience: NodeJS.Timeout | undefined;
      const abort = () => {
        this.#send({ id, abort: true });
        // What had to be told to stop may hang: later calls get a program of their own.
        this.#isOpen = false;
        patience = setTimeout(
          () => this.#pending.get(id)?.reject(signal.reason),
          ABORT_MS,
        );
      };
      const settle = () => {
        clearTimeout(patience);
        signal.removeEventListener('abort', abort);
        this.#pending.delete(id);
        this.#rest();
      };
      this.#pending.set(id, {
        task,
        log,
        resolve(event) {
          settle();
          if (signal.aborted) {
            reject(signal.reason);
          } else {
            resolve(event);
          }
        },
        reject(error) {
          settle();
          reject(signal.aborted ? signal.reason : error);
        },
      });
      signal.addEventListener('abort', abort, { once: true });
      this.#send({ id, task, runId, input });
    });
  }

  /** Takes no more calls, and lets the program end once those under way have ended. */
  close(): void {
    this.#isOpen = false;
    this.#rest();
  }

  #rest(): void {
    if (this.#pending.size > 0) {
      return;
    }
    if (this.#isOpen) {
      this.#onIdle();
      return;
    }
    this.#input.end();
    if (this.#transport.leavesPrograms) {
      const timer = setTimeout(() => this.#cut.abort(), END_MS);
      timer.unref();
      this.ended.then(() => clearTimeout(timer));
    }
  }

  #send(message: object): void {
    if (this.#input.writable) {
      this.#input.write(`${JSON.stringify(message)}\n`);
    }
  }

  /** A login shell of the host may print something of its own, which is no message. */
  #receive(line: string): void {
    const parsed = hostEventSchema.safeParse(parseJson(line));
    const call = parsed.success && this.#pending.get(parsed.data.id);
    if (!call) {
      return;
    }
    if (parsed.data.type === 'log') {
      writeLog(call.log, parsed.data);
    } else {
      call.resolve(parsed.data);
    }
  }

  #abandon(explain: (task: string) => unknown): void {
    this.#isOpen = false;
    this.#pending.forEach(call => call.reject(explain(call.task)));
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function explainLoss(error: unknown): unknown {
  return error instanceof EndlessLineError
    ? new StepErroredError(
        `The host sent what is no answer: ${error.message}.`,
        'See what the login shell of the connection’s user prints on the host when it is not interactive, and silence it.',
      )
    : error;
}

function explainEnd(
  task: string,
  { exitCode, complaint }: ProgramResult,
): StepErroredError {
  return exitCode === NOT_FOUND
    ? new StepErroredError(
        'The host has no node in its PATH.',
        'Install Node.js 20.3 or newer on the host, or name its directory in the connection’s path.',
      )
    : new StepErroredError(
        `The host ended ${task} without an answer (status ${exitCode}): ${complaint}`,
      );
}
