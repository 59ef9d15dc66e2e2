import { ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import { EndEvent, hostEventSchema, LogEvent } from '../host/events';
import { loadProgram } from '../host/loadProgram';

export type ProgramCall = {
  end: Promise<EndEvent>;
  /** Resolves with the first that a command prints. */
  output: Promise<LogEvent[]>;
  abort(): void;
  /** All that was logged so far. */
  log(): string;
};

/** The program itself, without what the portal keeps from it. */
export class HostProgram {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #events = new EventEmitter();
  readonly #gone: Promise<never>;
  #calls = 0;

  /** @param changed modules in the place of the program's own */
  constructor(changed: Record<string, string> = {}) {
    const { bootstrap, modules } = loadProgram();
    this.#child = spawn(process.execPath, ['-e', bootstrap]);
    this.#child.stdin.on('error', () => {});
    this.#gone = once(this.#child, 'exit').then(([code]) => {
      throw new Error(`The program ended with status ${code}.`);
    });
    this.#gone.catch(() => {});
    createInterface({ input: this.#child.stdout }).on('line', line => {
      const event = hostEventSchema.parse(JSON.parse(line));
      this.#events.emit(
        `${event.type === 'log' ? event.stream : 'end'} ${event.id}`,
        event,
      );
    });
    this.write(JSON.stringify({ modules: { ...modules, ...changed } }));
  }

  write(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  call(task: string, input: object): ProgramCall {
    this.#calls += 1;
    const id = this.#calls;
    const log: string[] = [];
    ['stdout', 'stderr', 'system'].forEach(stream =>
      this.#events.on(`${stream} ${id}`, ({ text }) => log.push(text)),
    );
    const wait = (name: string) =>
      Promise.race([once(this.#events, `${name} ${id}`), this.#gone]);
    const end = wait('end').then(([event]) => event);
    const output = wait('stdout');
    [end, output].forEach(promise => promise.catch(() => {}));
    this.write(JSON.stringify({ id, task, input }));
    return {
      end,
      output,
      abort: () => this.write(JSON.stringify({ id, abort: true })),
      log: () => log.join(''),
    };
  }

  async end(): Promise<void> {
    this.#child.stdin.end();
    await this.#gone.catch(() => {});
  }
}
