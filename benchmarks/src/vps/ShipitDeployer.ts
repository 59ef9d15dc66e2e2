import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../lib/run';
import { Deployer } from './Deployer';
import { createEcosystem } from './ecosystem';
import { PeerOptions } from './SshHost';

/** shipit-cli with shipit-deploy, set up as its own documentation shows it. */
export class ShipitDeployer implements Deployer {
  readonly name = 'shipit-deploy 5.3.0';
  readonly #options: PeerOptions;

  constructor(
    readonly port: number,
    options: PeerOptions,
  ) {
    this.#options = options;
  }

  async prepare(): Promise<void> {
    const { host, peers, repository, workDirectory } = this.#options;
    const deployTo = join(host.directory, 'shipit');
    await mkdir(workDirectory, { recursive: true });
    await writeFile(
      join(workDirectory, 'shipitfile.js'),
      `module.exports = shipit => {
  require(${JSON.stringify(join(peers, 'node_modules/shipit-deploy'))})(shipit);
  shipit.initConfig({
    default: {
      deployTo: ${JSON.stringify(deployTo)},
      repositoryUrl: ${JSON.stringify(repository)},
      branch: 'main',
      shallowClone: true,
      keepReleases: 5,
      ignores: ['.git', 'node_modules'],
    },
    bench: { servers: ${JSON.stringify(`${host.user}@127.0.0.1:${host.port}`)} },
  });
  shipit.blTask('install', () =>
    shipit.remote('cd ' + shipit.releasePath + ' && npm ci --omit=dev --no-audit --no-fund'),
  );
  shipit.blTask('reload', () =>
    shipit.remote(${JSON.stringify(
      `pm2 startOrReload ${deployTo}/ecosystem.json --update-env`,
    )}),
  );
  shipit.on('updated', () => shipit.start('install'));
  shipit.on('published', () => shipit.start('reload'));
};
`,
    );
    await mkdir(deployTo, { recursive: true });
    await writeFile(
      join(deployTo, 'ecosystem.json'),
      JSON.stringify(
        createEcosystem({
          name: 'shipit',
          cwd: join(deployTo, 'current'),
          port: this.port,
        }),
      ),
    );
    await this.deploy();
  }

  deploy(): Promise<void> {
    return this.#shipit('deploy');
  }

  rollback(): Promise<void> {
    return this.#shipit('rollback');
  }

  async stop(): Promise<void> {}

  async #shipit(task: string): Promise<void> {
    const { host, peers, workDirectory } = this.#options;
    await run(
      [
        process.execPath,
        join(peers, 'node_modules/shipit-cli/bin/shipit'),
        'bench',
        task,
      ],
      { cwd: workDirectory, env: host.clientEnvironment },
    );
  }
}
