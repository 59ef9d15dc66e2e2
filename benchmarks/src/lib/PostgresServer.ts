import { ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findFreePort } from './findFreePort';

/** Where Debian and its relatives put the programs of each version. */
const DEBIAN_FOLDER = '/usr/lib/postgresql';

/** How long a server may take to accept connections, milliseconds: it may have to recover first. */
const START_TIMEOUT_MS = 60_000;

/** How PostgreSQL ends: `fast` breaks connections off and closes its files, `immediate` is as good as a crash. */
export type Shutdown = 'fast' | 'immediate';

const SIGNALS = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

/**
 * A PostgreSQL server of its own, with the durability that PostgreSQL has unless told otherwise. It lives in a fresh
 * folder, listens at loopback and asks for a password. PostgreSQL refuses to run as root, so there it runs as `nobody`.
 */
export class PostgresServer {
  readonly port: number;
  readonly password: string;
  readonly #folder: string;
  readonly #programs: string;
  readonly #user: { uid: number; gid: number } | undefined;
  #process: ChildProcess | undefined;

  private constructor(options: {
    port: number;
    password: string;
    folder: string;
    programs: string;
    user: { uid: number; gid: number } | undefined;
  }) {
    this.port = options.port;
    this.password = options.password;
    this.#folder = options.folder;
    this.#programs = options.programs;
    this.#user = options.user;
  }

  /** @throws Error where no PostgreSQL is installed. */
  static async start(): Promise<PostgresServer> {
    const programs = findPostgres();
    if (!programs) {
      throw new Error('PostgreSQL is missing: apt-get install postgresql');
    }
    const server = new PostgresServer({
      port: await findFreePort(),
      password: randomBytes(12).toString('hex'),
      folder: await mkdtemp(join(tmpdir(), 'slipway-postgres-')),
      programs,
      user: chooseUser(),
    });
    await server.#initialize();
    await server.#launch();
    return server;
  }

  /** The address of a database of the server, over another port where one is given. */
  urlOf(database: string, port = this.port): string {
    return `postgresql://postgres:${this.password}@127.0.0.1:${port}/${database}`;
  }

  async restart(shutdown: Shutdown): Promise<void> {
    await this.#end(shutdown);
    await this.#launch();
  }

  async stop(): Promise<void> {
    await this.#end('fast');
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #initialize(): Promise<void> {
    const passwordFile = join(this.#folder, 'password');
    await writeFile(passwordFile, this.password);
    await chmod(this.#folder, 0o755);
    if (this.#user) {
      const { uid, gid } = this.#user;
      await chown(this.#folder, uid, gid);
      await chown(passwordFile, uid, gid);
    }
    execFileSync(
      join(this.#programs, 'initdb'),
      [
        `--pgdata=${this.#data}`,
        '--username=postgres',
        '--auth=scram-sha-256',
        `--pwfile=${passwordFile}`,
        '--encoding=UTF8',
        '--locale=C',
        '--no-sync',
      ],
      { ...this.#user, cwd: this.#folder, stdio: 'ignore' },
    );
  }

  async #launch(): Promise<void> {
    const server = spawn(
      join(this.#programs, 'postgres'),
      [
        '-D',
        this.#data,
        '-p',
        String(this.port),
        ...[
          'listen_addresses=127.0.0.1',
          `unix_socket_directories=${this.#folder}`,
          'max_connections=300',
        ].flatMap(setting => ['-c', setting]),
      ],
      { ...this.#user, cwd: this.#folder, stdio: 'ignore', detached: true },
    );
    this.#process = server;
    // Whoever is ended in its middle leaves no server behind.
    const abandon = () => server.kill(SIGNALS.immediate);
    process.once('exit', abandon);
    server.once('exit', () => process.removeListener('exit', abandon));
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!this.#isReady()) {
      if (server.exitCode !== null || Date.now() > deadline) {
        throw new Error(`PostgreSQL of ${this.#programs} did not start`);
      }
      await delay(50);
    }
  }

  async #end(shutdown: Shutdown): Promise<void> {
    const server = this.#process;
    this.#process = undefined;
    if (server && server.exitCode === null) {
      server.kill(SIGNALS[shutdown]);
      await once(server, 'close');
    }
  }

  #isReady(): boolean {
    try {
      execFileSync(
        join(this.#programs, 'pg_isready'),
        ['-q', '-h', '127.0.0.1', '-p', String(this.port)],
        { stdio: 'ignore' },
      );
      return true;
    } catch {
      return false;
    }
  }

  get #data(): string {
    return join(this.#folder, 'data');
  }
}

/** The folder of the newest PostgreSQL programs of this machine; undefined where there are none. */
export function findPostgres(): string | undefined {
  const versions = existsSync(DEBIAN_FOLDER)
    ? readdirSync(DEBIAN_FOLDER).sort((a, b) => Number(b) - Number(a))
    : [];
  return [
    ...versions.map(version => join(DEBIAN_FOLDER, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ].find(folder => existsSync(join(folder, 'initdb')));
}

function chooseUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  const ask = (flag: string) =>
    Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: ask('-u'), gid: ask('-g') };
}
