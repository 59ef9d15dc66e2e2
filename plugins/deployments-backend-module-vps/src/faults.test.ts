import { execFile } from 'node:child_process';
import {
  mkdir,
  mkdtemp,
  readdir,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describeWithPrograms } from '@slipway/plugin-deployments-node/testUtils';
import { SshConnection } from './connection';
import { beginPlace } from './testing/beginPlace';
import { findFreePort } from './testing/findFreePort';
import { findMountObstacle, mountSmallDisk } from './testing/smallDisk';
import { startSshHost } from './testing/startSshHost';
import { VpsHarness } from './testing/VpsHarness';
import { VpsEnvironment } from './types';

const execute = promisify(execFile);
const TIMEOUT_MS = 60_000;

describeWithPrograms('faults of a host', ['sshd', 'ssh', 'rsync'], () => {
  const harness = new VpsHarness(startSshHost);
  let scratch: string;

  beforeAll(async () => {
    await harness.start();
    scratch = await mkdtemp(path.join(os.tmpdir(), 'slipway-faults-'));
  }, TIMEOUT_MS);
  afterAll(async () => {
    await harness.stop();
    await rm(scratch, { recursive: true, force: true });
  }, TIMEOUT_MS);

  /** The environment, reached over another connection. */
  const over =
    (change: Partial<SshConnection>) =>
    (environment: VpsEnvironment): VpsEnvironment => {
      const { options } = environment.connection;
      return options.transport === 'local'
        ? environment
        : {
            ...environment,
            connection: { name: 'host', options: { ...options, ...change } },
          };
    };

  async function createKey(): Promise<string> {
    const file = path.join(await mkdtemp(path.join(scratch, 'key-')), 'key');
    await execute('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
    return file;
  }

  describe('the way there', () => {
    it.each([
      {
        fault: 'a host key that is not known',
        createChange: async () => {
          const knownHostsFile = path.join(scratch, 'none');
          await writeFile(knownHostsFile, '');
          return { knownHostsFile };
        },
        message: /key is not known/,
        mend: /knownHostsFile/,
      },
      {
        fault: 'a host key that has changed',
        createChange: async () => {
          const other = await createKey();
          const { stdout } = await execute('cat', [`${other}.pub`]);
          const options = (await harness.createPlace()).staging.connection
            .options;
          const port = options.transport === 'ssh' ? options.port : 0;
          const knownHostsFile = path.join(scratch, 'changed');
          await writeFile(knownHostsFile, `[127.0.0.1]:${port} ${stdout}`);
          return { knownHostsFile };
        },
        message: /is not the one that is trusted/,
        mend: /Find out why/,
      },
      {
        fault: 'a key that the host does not accept',
        createChange: async () => ({ identityFile: await createKey() }),
        message: /does not accept the key/,
        mend: /authorized_keys/,
      },
      {
        fault: 'a port that nothing listens on',
        createChange: async () => ({ port: await findFreePort() }),
        message: /does not take connections/,
        mend: /sshd/,
      },
      {
        fault: 'a host name without an address',
        createChange: async () => ({ host: 'no-such-host.invalid' }),
        message: /name is not known/,
        mend: /address/,
      },
    ])(
      'given $fault, when it is observed or deployed to, then both say what is wrong and how to mend it',
      async ({ createChange, message, mend }) => {
        const { place, environment, driver, deploy } = await beginPlace(
          harness,
          { change: over(await createChange()) },
        );

        expect(await driver.observe(environment)).toEqual({
          reach: 'unreachable',
          askedAt: expect.any(String),
          message: expect.stringMatching(message),
          mend: expect.stringMatching(mend),
        });
        expect(
          await deploy(await place.createRelease('good'), null),
        ).toMatchObject({
          outcome: 'errored',
          message: expect.stringMatching(message),
        });
        await driver.stop();
      },
      TIMEOUT_MS,
    );

    it(
      'given an upload under way, when its connection is cut, then it is taken up again and the release serves',
      async () => {
        const { place, environment, driver, deploy } =
          await beginPlace(harness);
        const release = await place.createRelease('good', {
          'big.txt': createIncompressibleText(16),
        });

        const deploying = deploy(release, null);
        await waitForUpload(environment, 'big.txt');
        await harness.host.cutConnections();

        expect(await deploying).toMatchObject({
          outcome: 'succeeded',
          log: expect.stringContaining('Taking the upload up again'),
        });
        await driver.stop();
      },
      TIMEOUT_MS,
    );
  });

  it(
    'given processes that are being replaced, when the connection is cut, then the deployment goes on from what the host says',
    async () => {
      const { place, environment, driver, deploy } = await beginPlace(harness);
      const good = await place.createRelease('good');
      await deploy(good, null);
      const next = await place.createRelease('good');

      const reloading = harness.host.waitForReload();
      const deploying = deploy(next, good);
      await reloading;
      await harness.host.cutConnections();

      expect(await deploying).toMatchObject({
        outcome: 'succeeded',
        log: expect.stringContaining('Asking the host what is true'),
      });
      expect(await place.ask(environment)).toEqual({
        release: next.id,
        healthy: true,
      });
      await driver.stop();
    },
    TIMEOUT_MS,
  );

  describe('the host itself', () => {
    it(
      'given a directory that belongs to somebody else, when it is deployed to, then it says whom it has to belong to',
      async () => {
        const { place, environment, driver, deploy } =
          await beginPlace(harness);
        const { directory } = environment.parameters;
        await mkdir(directory, { recursive: true, mode: 0o555 });

        expect(
          await deploy(await place.createRelease('good'), null),
        ).toMatchObject({
          outcome: 'errored',
          message: expect.stringMatching(/may not write on the host.*staging/),
        });
        await driver.stop();
      },
      TIMEOUT_MS,
    );

    it(
      'given a host without PM2, when it is deployed to, then it says how to install it, and nothing was made',
      async () => {
        const bin = await mkdtemp(path.join(harness.host.root, 'bin-'));
        await execute('chmod', ['755', bin]);
        for (const name of ['node', 'npm']) {
          await symlink(
            path.join(harness.host.bin, name),
            path.join(bin, name),
          );
        }
        const { place, driver, deploy } = await beginPlace(harness, {
          change: over({ path: [bin] }),
        });

        expect(
          await deploy(await place.createRelease('good'), null),
        ).toMatchObject({
          outcome: 'errored',
          message: expect.stringContaining('has no pm2'),
        });
        await driver.stop();
      },
      TIMEOUT_MS,
    );

    it(
      'given a port that another program has, when it is deployed to, then it is named and nothing changes',
      async () => {
        const { place, environment, driver, deploy } =
          await beginPlace(harness);
        const { port } = environment.parameters;
        const other = createServer();
        await new Promise<void>(resolve => {
          other.listen(port, '127.0.0.1', resolve);
        });

        expect(
          await deploy(await place.createRelease('good'), null),
        ).toMatchObject({
          outcome: 'errored',
          message: `Port ${port} of the host is taken by another program.`,
          recovered: false,
        });
        other.close();
        await driver.stop();
      },
      TIMEOUT_MS,
    );

    it(
      'given a service that is to move to a port that another program has, when it is deployed to, then it is named and users keep what they have',
      async () => {
        const { place, environment, driver, deploy } =
          await beginPlace(harness);
        const good = await place.createRelease('good');
        await deploy(good, null);
        const port = await findFreePort();
        const other = createServer();
        await new Promise<void>(resolve => {
          other.listen(port, '127.0.0.1', resolve);
        });

        expect(
          await deploy(await place.createRelease('good'), good, {
            environment: {
              ...environment,
              parameters: { ...environment.parameters, port },
            },
          }),
        ).toMatchObject({
          outcome: 'errored',
          message: `Port ${port} of the host is taken by another program.`,
          recovered: false,
        });
        expect(await place.ask(environment)).toEqual({
          release: good.id,
          healthy: true,
        });
        other.close();
        await driver.stop();
      },
      TIMEOUT_MS,
    );

    it(
      'given a directory that another environment has, when it is deployed to, then that is named and its users keep what they have',
      async () => {
        const { place, environment, driver, deploy } =
          await beginPlace(harness);
        const good = await place.createRelease('good');
        await deploy(good, null);
        const other = await place.createEnvironment('production', {
          parameters: { directory: environment.parameters.directory },
        });

        expect(
          await deploy(await place.createRelease('good'), null, {
            environment: other,
          }),
        ).toMatchObject({
          outcome: 'errored',
          message: expect.stringContaining(
            `belongs to ${environment.serviceRef}#staging`,
          ),
          mend: expect.stringContaining('Choose another directory'),
          recovered: false,
        });
        expect(await place.ask(environment)).toEqual({
          release: good.id,
          healthy: true,
        });
        await driver.stop();
      },
      TIMEOUT_MS,
    );

    it(
      'given a program of the same name in PM2, when it is deployed to, then it is not touched',
      async () => {
        const script = path.join(harness.host.root, 'other.js');
        await writeFile(script, 'setInterval(() => {}, 1000)');
        await harness.host.pm2('start', script, '--name', 'taken');
        const { place, driver, deploy } = await beginPlace(harness, {
          parameters: { processName: 'taken' },
        });

        expect(
          await deploy(await place.createRelease('good'), null),
        ).toMatchObject({
          outcome: 'errored',
          message: expect.stringContaining('already runs another taken'),
        });
        expect(await harness.host.pm2('pid', 'taken')).toMatch(/^[1-9]\d*\s*$/);
        await driver.stop();
      },
      TIMEOUT_MS,
    );
  });

  // The right to mount is nothing that a script could install, so it may be wanting in CI, too. The words for a full disk
  // are then tried in the tests of explainHostError alone.
  const obstacle = findMountObstacle();
  const describeMounts = obstacle === undefined ? describe : describe.skip;
  const without = obstacle === undefined ? '' : ` (left out, ${obstacle})`;
  describeMounts(`a small disk${without}`, () => {
    it(
      'given a disk that gets full in the middle of an upload, when it is deployed to, then users keep what they have and the space is given back',
      async () => {
        const { place, environment, driver, deploy } =
          await beginPlace(harness);
        const { directory } = environment.parameters;
        await mkdir(directory, { recursive: true });
        const unmount = mountSmallDisk({ directory, megabytes: 72 });
        try {
          const good = await place.createRelease('good');
          expect(await deploy(good, null)).toMatchObject({
            outcome: 'succeeded',
          });
          // Small as an archive, and more than the disk holds.
          const big = await place.createRelease('good', {
            'big.txt': '0'.repeat(80 * 1024 * 1024),
          });

          expect(await deploy(big, good)).toMatchObject({
            outcome: 'errored',
            message: expect.stringContaining('no space left on the host'),
            recovered: false,
          });
          expect(await place.ask(environment)).toEqual({
            release: good.id,
            healthy: true,
          });
          expect(await readdir(path.join(directory, 'releases'))).toHaveLength(
            1,
          );
        } finally {
          await driver.stop();
          await harness.host.pm2('delete', 'all');
          unmount();
        }
      },
      TIMEOUT_MS,
    );
  });

  describe('the release', () => {
    it.each([
      {
        behaviour: 'crashes at boot' as const,
        message:
          /does not start: it ended with status 1.*cannot find the configuration/s,
      },
      {
        behaviour: 'never ready' as const,
        message: /not become healthy within 5 s: nothing listens on its port/,
      },
      {
        behaviour: 'unhealthy' as const,
        message: /not become healthy within 5 s: \/healthz answers 500/,
      },
    ])(
      'given one that $behaviour, when it is deployed, then its candidate is refused and users notice nothing',
      async ({ behaviour, message }) => {
        const { place, environment, driver, deploy } =
          await beginPlace(harness);
        const good = await place.createRelease('good');
        await deploy(good, null);

        const result = await deploy(await place.createRelease(behaviour), good);

        expect(result).toMatchObject({
          outcome: 'failed',
          message: expect.stringMatching(message),
          recovered: false,
        });
        expect(result.steps).not.toContain('switch-release');
        expect(await place.ask(environment)).toEqual({
          release: good.id,
          healthy: true,
        });
        await driver.stop();
      },
      TIMEOUT_MS,
    );

    it(
      'given one that never says that it is ready, when PM2 is to wait for that, then its candidate is refused and users notice nothing',
      async () => {
        const { place, environment, driver, deploy } = await beginPlace(
          harness,
          { parameters: { waitReady: true } },
        );
        const good = await place.createRelease('good');
        expect(await deploy(good, null)).toMatchObject({
          outcome: 'succeeded',
        });

        const result = await deploy(
          await place.createRelease('never says that it is ready'),
          good,
        );

        expect(result).toMatchObject({
          outcome: 'failed',
          message: expect.stringContaining('never said that it is ready'),
          mend: expect.stringContaining("process.send('ready')"),
          recovered: false,
        });
        expect(result.steps).not.toContain('switch-release');
        expect(await place.ask(environment)).toEqual({
          release: good.id,
          healthy: true,
        });
        await driver.stop();
      },
      TIMEOUT_MS,
    );

    it(
      'given one that says it is another, when it is deployed, then its candidate is refused',
      async () => {
        const { place, driver, deploy } = await beginPlace(harness, {
          environment: {
            health: { releaseField: 'status', timeout: '2500ms' },
          },
        });

        expect(
          await deploy(await place.createRelease('good'), null),
        ).toMatchObject({
          outcome: 'failed',
          message: expect.stringContaining('says it serves ok in status'),
        });
        await driver.stop();
      },
      TIMEOUT_MS,
    );

    it(
      'given one whose smoke check fails once it serves, when it is deployed, then the one before serves again',
      async () => {
        const { place, environment, driver, deploy } = await beginPlace(
          harness,
          {
            environment: {
              smoke: [
                { name: 'greets', path: '/', contains: '"greeting":"hello"' },
              ],
            },
          },
        );
        const good = await place.createRelease('good');
        expect(await deploy(good, null)).toMatchObject({
          outcome: 'succeeded',
        });
        const rude = await place.createRelease('good', {
          'vendor/greeting/index.js': "exports.greet = () => 'go away';\n",
        });

        expect(await deploy(rude, good)).toMatchObject({
          outcome: 'failed',
          message: expect.stringContaining('Smoke check "greets"'),
          recovered: true,
        });
        expect(await place.ask(environment)).toEqual({
          release: good.id,
          healthy: true,
        });
        await driver.stop();
      },
      TIMEOUT_MS,
    );

    it(
      'given one with workspaces and no dependencies at its root, when it is deployed, then theirs are installed (V5.1)',
      async () => {
        const { place, driver, deploy } = await beginPlace(harness);
        const root = {
          name: 'sample',
          version: '1.0.0',
          private: true,
          workspaces: ['vendor/greeting'],
        };

        const { outcome, log } = await deploy(
          await place.createRelease('good', {
            'package.json': JSON.stringify(root),
            'package-lock.json': JSON.stringify({
              name: 'sample',
              version: '1.0.0',
              lockfileVersion: 3,
              requires: true,
              packages: {
                '': root,
                'node_modules/greeting': {
                  resolved: 'vendor/greeting',
                  link: true,
                },
                'vendor/greeting': { version: '1.0.0' },
              },
            }),
          }),
          null,
        );

        expect(outcome).toBe('succeeded');
        expect(log).toContain('npm ci');
        await driver.stop();
      },
      TIMEOUT_MS,
    );

    it(
      'given one whose dependencies cannot be installed, when it is deployed, then npm says why and nothing is switched (V5.1)',
      async () => {
        const { place, driver, deploy } = await beginPlace(harness);

        const result = await deploy(
          await place.createRelease('good', { 'package-lock.json': '{}' }),
          null,
        );

        expect(result).toMatchObject({
          outcome: 'failed',
          message: expect.stringContaining('npm ci --omit=dev'),
        });
        expect(result.steps.at(-1)).toBe('install-dependencies');
        await driver.stop();
      },
      TIMEOUT_MS,
    );
  });
});

/** Text that no compression makes small, so that it takes a while to send. */
function createIncompressibleText(megabytes: number): string {
  return Array.from({ length: megabytes * 64 }, () =>
    Buffer.from(crypto.getRandomValues(new Uint8Array(12_288))).toString(
      'base64',
    ),
  ).join('');
}

/** Waits until a part of a file has come to the host. */
async function waitForUpload(
  environment: VpsEnvironment,
  file: string,
): Promise<void> {
  const releases = path.join(environment.parameters.directory, 'releases');
  const hasBegun = async () => {
    const [release] = await readdir(releases).catch(() => []);
    const names = release
      ? await readdir(path.join(releases, release)).catch(() => [])
      : [];
    return names.some(name => name.startsWith(`.${file}`));
  };
  while (!(await hasBegun())) {
    await new Promise(resolve => {
      setImmediate(resolve);
    });
  }
}
