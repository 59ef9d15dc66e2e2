import { execFile } from 'node:child_process';
import {
  chmod,
  chown,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Release } from '@slipway/plugin-deployments-common';
import {
  findProgram,
  installPm2,
} from '@slipway/plugin-deployments-node/testUtils';
import { createSite } from '../site';
import { VpsEnvironment } from '../types';
import { Answer, interceptReloads } from './interceptReloads';

const execute = promisify(execFile);

/** Whom a host's programs run as; the tests' own user where it is left out. */
export type HostUser = { uid: number; gid: number };

/** A host with a PM2 of its own, on this machine. */
export class TestHost {
  /** Everything of the host lies below it. */
  readonly root: string;
  /** As app-config has it. */
  connection: object;
  readonly #user: HostUser | undefined;
  readonly #onStop: Array<() => Promise<void>> = [];

  private constructor(root: string, user: HostUser | undefined) {
    this.root = root;
    this.#user = user;
    this.connection = {
      local: {
        directories: [this.directory],
        path: [this.bin],
        pm2Home: this.pm2Home,
      },
    };
  }

  /** A host that is reached as the local machine. Its root has a short path: sockets lie below it. */
  static async create(user?: HostUser): Promise<TestHost> {
    const host = new TestHost(await mkdtemp('/tmp/slipway-host-'), user);
    await chmod(host.root, 0o755);
    for (const directory of [host.directory, host.bin, host.home]) {
      await mkdir(directory);
    }
    await host.#bringPrograms();
    await host.own();
    return host;
  }

  get directory(): string {
    return path.join(this.root, 'apps');
  }

  get bin(): string {
    return path.join(this.root, 'bin');
  }

  get home(): string {
    return path.join(this.root, 'home');
  }

  get pm2Home(): string {
    return path.join(this.home, '.pm2');
  }

  /** Cuts all connections to the host, which can be made again at once. */
  cutConnections: () => Promise<void> = async () => {};

  onStop(act: () => Promise<void>): void {
    this.#onStop.push(act);
  }

  /** Gives all that is there now to the host's user. */
  async own(): Promise<void> {
    if (this.#user) {
      const { uid, gid } = this.#user;
      for (const name of ['', ...(await readdir(this.root))]) {
        await chown(path.join(this.root, name), uid, gid);
      }
    }
  }

  async stop(): Promise<void> {
    await this.pm2('kill').catch(() => {});
    for (const act of this.#onStop.reverse()) {
      await act();
    }
    await rm(this.root, { recursive: true, force: true });
  }

  /** Runs PM2 as a person on the host would. */
  async pm2(...args: string[]): Promise<string> {
    const { stdout } = await execute(path.join(this.bin, 'pm2'), args, {
      ...this.#user,
      cwd: '/',
      env: {
        PATH: `${this.bin}:/usr/local/bin:/usr/bin:/bin`,
        HOME: this.home,
        PM2_HOME: this.pm2Home,
      },
    });
    return stdout;
  }

  /** Lets the next reload lie about how it went. */
  async letPm2Lie(lie: 'success' | 'failure'): Promise<void> {
    await this.#interceptReloads(async forward => {
      if (lie === 'success') {
        return { args: [{}] };
      }
      await forward();
      return { error: 'Something went wrong' };
    });
  }

  /** Resolves when PM2 is asked to reload a process, which it then does. */
  async waitForReload(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#interceptReloads(forward => {
        resolve();
        return forward();
      }).catch(reject);
    });
  }

  async #interceptReloads(
    intercept: (forward: () => Promise<Answer>) => Promise<Answer>,
  ): Promise<void> {
    const interception = await interceptReloads({
      pm2Home: this.pm2Home,
      user: this.#user,
      intercept,
    });
    this.onStop(() => interception.stop());
  }

  /** Puts a kept release into service by hand. */
  async serveBehindOurBack(
    environment: VpsEnvironment,
    release: Release,
  ): Promise<void> {
    const { base } = createSite(environment);
    const releases = path.join(base, 'releases');
    const directory = (await readdir(releases)).find(name =>
      name.endsWith(release.id.slice(0, 8)),
    );
    await rm(path.join(base, 'current'));
    await symlink(
      path.join('releases', `${directory}`),
      path.join(base, 'current'),
    );
    const file = path.join(base, '.slipway', 'ecosystem.json');
    const ecosystem = JSON.parse(await readFile(file, 'utf8'));
    ecosystem.apps[0].env.SLIPWAY_RELEASE = release.id;
    await writeFile(file, JSON.stringify(ecosystem));
    await this.pm2('startOrReload', file, '--update-env');
  }

  /** Node, npm and PM2, copied where the host's user could not read them. */
  async #bringPrograms(): Promise<void> {
    const pm2 = await realpath(await installPm2());
    const npm = await realpath(findProgram('npm') ?? 'npm');
    await this.#bring('node', await realpath(process.execPath), '');
    await this.#bring('npm', path.resolve(npm, '../..'), 'bin/npm-cli.js');
    await this.#bring('pm2', path.dirname(pm2), 'pm2/bin/pm2');
  }

  async #bring(name: string, source: string, program: string): Promise<void> {
    let place = source;
    if (this.#user && !(await isOpenToAll(source))) {
      place = path.join(this.root, `lib-${name}`);
      await cp(source, place, { recursive: true, verbatimSymlinks: true });
    }
    await symlink(path.join(place, program), path.join(this.bin, name));
  }
}

/** Whether every user may come to a path. */
async function isOpenToAll(file: string): Promise<boolean> {
  for (let at = file; at !== path.dirname(at); at = path.dirname(at)) {
    const { mode } = await stat(at);
    if ((mode & 0o005) !== 0o005) {
      return false;
    }
  }
  return true;
}
