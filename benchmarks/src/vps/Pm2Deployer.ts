import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../lib/run';
import { Deployer } from './Deployer';
import { createEcosystem } from './ecosystem';
import { PeerOptions } from './SshHost';

/** PM2's own `pm2 deploy`, set up as its own documentation shows it. */
export class Pm2Deployer implements Deployer {
  readonly name = 'pm2 deploy 7.0.4';
  readonly #options: PeerOptions;

  constructor(
    readonly port: number,
    options: PeerOptions,
  ) {
    this.#options = options;
  }

  async prepare(): Promise<void> {
    const { host, repository, workDirectory } = this.#options;
    const path = join(host.directory, 'pm2-deploy');
    await mkdir(workDirectory, { recursive: true });
    await mkdir(path, { recursive: true });
    const ecosystem = createEcosystem({
      name: 'pm2-deploy',
      cwd: join(path, 'current'),
      port: this.port,
    });
    await writeFile(join(path, 'ecosystem.json'), JSON.stringify(ecosystem));
    await writeFile(
      join(workDirectory, 'ecosystem.json'),
      JSON.stringify({
        ...ecosystem,
        deploy: {
          bench: {
            user: host.user,
            host: '127.0.0.1',
            port: String(host.port),
            ref: 'origin/main',
            repo: repository,
            path,
            'post-deploy': `npm install --omit=dev --no-audit --no-fund && pm2 startOrReload ${path}/ecosystem.json --update-env`,
          },
        },
      }),
    );
    await this.#task('setup');
    await this.deploy();
  }

  deploy(): Promise<void> {
    return this.#task();
  }

  rollback(): Promise<void> {
    return this.#task('revert', '1');
  }

  /** Its command line starts a daemon here, too, which is not the host's. */
  stop(): Promise<void> {
    return this.#pm2('kill');
  }

  #task(...task: string[]): Promise<void> {
    const { workDirectory } = this.#options;
    return this.#pm2(
      'deploy',
      join(workDirectory, 'ecosystem.json'),
      'bench',
      ...task,
    );
  }

  async #pm2(...args: string[]): Promise<void> {
    const { host, peers, repository, workDirectory } = this.#options;
    await run(
      [process.execPath, join(peers, 'node_modules/pm2/bin/pm2'), ...args],
      {
        cwd: repository,
        env: {
          ...host.clientEnvironment,
          PM2_HOME: join(workDirectory, 'pm2'),
        },
      },
    );
  }
}
