import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { LocalConnection } from '../connection';
import { explainHostError } from './explainHostError';
import {
  HostTransport,
  ProgramResult,
  RunOptions,
  UploadOptions,
} from './HostTransport';
import { plainEnvironment } from './plainEnvironment';
import { runProcess } from './runProcess';

/** The portal's own machine as a host, for demonstrations and development. Needs no rsync: what is copied lies on the same disk. */
export class LocalTransport implements HostTransport {
  readonly tools = [];
  readonly leavesPrograms = false;
  readonly #connection: LocalConnection;

  constructor(connection: LocalConnection) {
    this.#connection = connection;
  }

  async run(options: RunOptions): Promise<ProgramResult> {
    const environment = plainEnvironment();
    const directories = [...this.#connection.path, environment.PATH ?? ''];
    return runProcess({
      argv: options.argv,
      env: { ...environment, PATH: directories.join(path.delimiter) },
      cwd: '/',
      input: options.input,
      onStdout: options.onOutput,
      onStderr: () => {},
      signal: options.signal,
    });
  }

  async upload(options: UploadOptions): Promise<void> {
    const { from, to, spare, signal } = options;
    try {
      await mkdir(to, { recursive: true });
      for (const name of await readdir(to)) {
        if (!spare.includes(name)) {
          await rm(path.join(to, name), { recursive: true, force: true });
        }
      }
      for (const name of await readdir(from)) {
        signal.throwIfAborted();
        await cp(path.join(from, name), path.join(to, name), {
          recursive: true,
          verbatimSymlinks: true,
        });
      }
    } catch (error) {
      signal.throwIfAborted();
      throw explainHostError(String(error)) ?? error;
    }
  }

  /** Nothing is shared. */
  async close(): Promise<void> {}
}
