import { readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile, readlink, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describeWithPrograms } from '@slipway/plugin-deployments-node/testUtils';
import { beginPlace } from './testing/beginPlace';
import { startSshHost } from './testing/startSshHost';
import { startUsers } from './testing/startUsers';
import { VpsHarness } from './testing/VpsHarness';
import { VpsEnvironment } from './types';

const TIMEOUT_MS = 60_000;

describeWithPrograms('serving from a host', ['sshd', 'ssh', 'rsync'], () => {
  const harness = new VpsHarness(startSshHost);
  beforeAll(() => harness.start(), TIMEOUT_MS);
  afterAll(() => harness.stop(), TIMEOUT_MS);

  it(
    'given users who ask without a pause, when releases are deployed and rolled back, then no request fails (V3.2)',
    async () => {
      const { place, environment, driver, deploy } = await beginPlace(harness, {
        parameters: { instances: 2, waitReady: true },
      });
      const first = await place.createRelease('good');
      expect(await deploy(first, null)).toMatchObject({ outcome: 'succeeded' });
      const users = startUsers(
        `http://localhost:${environment.parameters.port}/`,
        6,
      );

      const second = await place.createRelease('good');
      expect(await deploy(second, first)).toMatchObject({
        outcome: 'succeeded',
      });
      expect(
        await deploy(first, second, { operation: 'rollback' }),
      ).toMatchObject({ outcome: 'succeeded' });

      const { requests, failures } = await users.stop();
      expect(failures).toEqual([]);
      expect(requests).toBeGreaterThan(100);
      expect(await driver.observe(environment)).toMatchObject({
        health: 'healthy',
        desiredProcesses: 2,
        processes: [{ status: 'running' }, { status: 'running' }],
      });
      await driver.stop();
    },
    TIMEOUT_MS,
  );

  it(
    'given a release that changes one file, when it is uploaded, then the others and its dependencies are those of the release before',
    async () => {
      const { place, environment, driver, deploy } = await beginPlace(harness);
      const first = await place.createRelease('good');
      await deploy(first, null);
      const second = await place.createRelease('good', { 'new.js': '' });
      const { log } = await deploy(second, first);

      const [older, newer] = await listReleases(environment);
      const inodes = (file: string) =>
        Promise.all(
          [older, newer].map(async at => (await stat(path.join(at, file))).ino),
        );
      const [sameBefore, sameAfter] = await inodes('server.js');
      expect(sameAfter).toBe(sameBefore);
      const [changedBefore, changedAfter] = await inodes('VERSION');
      expect(changedAfter).not.toBe(changedBefore);
      expect(await readFile(path.join(newer, 'VERSION'), 'utf8')).toBe(
        second.version,
      );
      expect(log).toContain('The dependencies are unchanged');
      expect(log).not.toContain('npm ci');
      await driver.stop();
    },
    TIMEOUT_MS,
  );

  it(
    'given a release whose own script writes when it is installed, when it is deployed again, then the files of the one before stay as they were',
    async () => {
      const { place, environment, driver, deploy } = await beginPlace(harness);
      const files = {
        stamp: '',
        'package.json': JSON.stringify({
          name: 'sample',
          version: '1.0.0',
          private: true,
          scripts: { postinstall: 'echo installed >> stamp' },
          dependencies: { greeting: 'file:vendor/greeting' },
        }),
      };
      const first = await place.createRelease('good', files);
      await deploy(first, null);
      expect(
        await deploy(await place.createRelease('good', files), first),
      ).toMatchObject({ outcome: 'succeeded' });

      const stamps = await Promise.all(
        (await listReleases(environment)).map(release =>
          readFile(path.join(release, 'stamp'), 'utf8'),
        ),
      );
      expect(stamps).toEqual(['installed\n', 'installed\n']);
      await driver.stop();
    },
    TIMEOUT_MS,
  );

  it(
    'given a package within the release whose script writes when it is installed, when the release is deployed again, then each has its own',
    async () => {
      const { place, environment, driver, deploy } = await beginPlace(harness);
      const files = {
        'vendor/greeting/package.json': JSON.stringify({
          name: 'greeting',
          version: '1.0.0',
          scripts: { postinstall: 'echo installed >> stamp' },
        }),
      };
      const first = await place.createRelease('good', files);
      await deploy(first, null);
      expect(
        await deploy(await place.createRelease('good', files), first),
      ).toMatchObject({ outcome: 'succeeded' });

      const stamps = await Promise.all(
        (await listReleases(environment)).map(release =>
          readFile(path.join(release, 'vendor/greeting/stamp'), 'utf8'),
        ),
      );
      expect(stamps).toEqual(['installed\n', 'installed\n']);
      await driver.stop();
    },
    TIMEOUT_MS,
  );

  it(
    'given another number of instances in the manifest, when a release is deployed, then so many run',
    async () => {
      const { place, environment, driver, deploy } = await beginPlace(harness);
      const first = await place.createRelease('good');
      await deploy(first, null);
      const wider = {
        ...environment,
        parameters: { ...environment.parameters, instances: 3 },
      };

      expect(
        await deploy(await place.createRelease('good'), first, {
          environment: wider,
        }),
      ).toMatchObject({ outcome: 'succeeded' });

      expect(await driver.observe(wider)).toMatchObject({
        health: 'healthy',
        processes: [{}, {}, {}],
      });
      await driver.stop();
    },
    TIMEOUT_MS,
  );

  it(
    'given users who ask without a pause, when a release comes with another script, then that serves and no request fails (V3.2)',
    async () => {
      const { place, environment, driver, deploy } = await beginPlace(harness, {
        parameters: { instances: 2, waitReady: true },
      });
      const first = await place.createRelease('good');
      await deploy(first, null);
      const users = startUsers(
        `http://localhost:${environment.parameters.port}/`,
        6,
      );
      const moved = {
        ...environment,
        parameters: { ...environment.parameters, script: 'dist/main.mjs' },
        spec: {
          ...environment.spec,
          smoke: [
            { name: 'moved', path: '/', status: 200, contains: '"moved"' },
          ],
        },
      };
      const second = await place.createRelease('good', {
        'dist/main.mjs':
          "process.env.DB_PASSWORD = 'moved';\nawait import('../server.js');\n",
      });

      expect(await deploy(second, first, { environment: moved })).toMatchObject(
        { outcome: 'succeeded', message: '' },
      );
      expect(
        await deploy(first, second, {
          environment: moved,
          operation: 'rollback',
        }),
      ).toMatchObject({ outcome: 'succeeded', message: '' });

      const { requests, failures } = await users.stop();
      expect(failures).toEqual([]);
      expect(requests).toBeGreaterThan(100);
      await driver.stop();
    },
    TIMEOUT_MS,
  );

  it(
    'given PM2’s daemon, when releases come and go, then it does not stand in one of them',
    async () => {
      const { place, driver, deploy } = await beginPlace(harness);
      await deploy(await place.createRelease('good'), null);

      const pid = await readFile(
        path.join(harness.host.pm2Home, 'pm2.pid'),
        'utf8',
      );
      expect(await readlink(`/proc/${pid.trim()}/cwd`)).toBe('/');
      await driver.stop();
    },
    TIMEOUT_MS,
  );

  it(
    'given a secret, when a release is deployed, then the application has it, and no argument, log or readable file does (V8.1)',
    async () => {
      const secret = 'hunter2-5f1d';
      const { place, environment, driver, deploy } = await beginPlace(harness, {
        secrets: { DB_PASSWORD: secret },
      });
      const arguments_ = watchArguments();

      const { outcome, log } = await deploy(
        await place.createRelease('good'),
        null,
      );

      expect(outcome).toBe('succeeded');
      const { port, directory } = environment.parameters;
      expect(
        await (await fetch(`http://localhost:${port}/`)).json(),
      ).toMatchObject({ password: secret });
      expect(arguments_.stop()).not.toContain(secret);
      expect(log).not.toContain(secret);
      const holders = await findFilesWith(directory, secret);
      expect(holders.sort()).toEqual([
        '.slipway/ecosystem.json',
        expect.stringMatching(/^releases\/[^/]+\/.slipway\/served.json$/),
      ]);
      for (const holder of holders) {
        const { mode } = await stat(path.join(directory, holder));
        expect(mode & 0o077).toBe(0);
      }
      await driver.stop();
    },
    TIMEOUT_MS,
  );

  it(
    'given what a shell would obey in every text of the manifest, when a release is deployed, then it stays plain text',
    async () => {
      const marker = path.join(harness.host.root, 'marker');
      const hostile = `'"; touch ${marker} $(touch ${marker}) \`touch ${marker}\` & | > #\\`;
      const name = hostile.replaceAll('/', '_');
      const { place, environment, driver, deploy } = await beginPlace(harness, {
        secrets: { DB_PASSWORD: hostile },
        parameters: {
          directory: path.join(harness.host.directory, name),
          url: `https://shop.example.com/?q=$(touch${marker})`,
        },
        environment: {
          variables: { HOSTILE: hostile },
          health: {
            path: `/healthz?$(touch${marker});'"`,
            timeout: '5s',
          },
          smoke: [{ name: '`id`;$(id)', path: '/`id`', contains: 'hello' }],
        },
        manifest: {
          build: { exclude: [hostile] },
          migrations: {
            directory: 'migrations',
            command: ['echo', hostile],
            backup: ['echo', hostile],
            restoreHint: hostile,
          },
        },
      });
      const { MAIN_PORT: _, ...variables } = environment.spec.variables;
      expect(variables).toEqual({ HOSTILE: hostile });

      const { outcome, log, message } = await deploy(
        await place.createRelease('good', { 'migrations/1.sql': '' }),
        null,
      );

      expect({ outcome, message }).toEqual({
        outcome: 'succeeded',
        message: '',
      });
      expect(log).toContain(hostile);
      expect(
        await (
          await fetch(`http://localhost:${environment.parameters.port}/`)
        ).json(),
      ).toMatchObject({ password: hostile });
      expect(await readdir(harness.host.root)).not.toContain('marker');
      expect(await readdir(harness.host.directory)).toContain(name);
      await driver.stop();
    },
    TIMEOUT_MS,
  );

  describe('migrations (V6.1)', () => {
    const migrations = {
      directory: 'migrations',
      backup: ['sh', '-c', 'echo backup >> ../../shared/journal'],
      command: [
        'sh',
        '-c',
        'echo "migrate $(ls migrations)" >> ../../shared/journal; exit $(cat status 2>/dev/null || echo 0)',
      ],
      restoreHint: 'restore shared/dump.sql with psql',
    };
    const readJournal = ({ parameters }: VpsEnvironment) =>
      readFile(
        path.join(parameters.directory, 'shared', 'journal'),
        'utf8',
      ).catch(() => '');

    it(
      'given new migrations, when a release is deployed, then the backup comes first and they run once',
      async () => {
        const { place, environment, driver, deploy } = await beginPlace(
          harness,
          { manifest: { migrations } },
        );
        const first = await place.createRelease('good', {
          'migrations/1.sql': '',
        });
        await deploy(first, null);
        expect(await readJournal(environment)).toBe('backup\nmigrate 1.sql\n');

        const { log } = await deploy(await place.createRelease('good'), first);

        expect(log).toContain('brings no new migrations');
        expect(await readJournal(environment)).toBe('backup\nmigrate 1.sql\n');
        await driver.stop();
      },
      TIMEOUT_MS,
    );

    it(
      'given a migration that fails, when a release is deployed, then it stops there, says the way back, and the old one serves',
      async () => {
        const { place, environment, driver, deploy } = await beginPlace(
          harness,
          { manifest: { migrations } },
        );
        const first = await place.createRelease('good');
        await deploy(first, null);

        const result = await deploy(
          await place.createRelease('good', {
            'migrations/1.sql': '',
            status: '7',
          }),
          first,
        );

        expect(result).toMatchObject({
          outcome: 'failed',
          message: expect.stringContaining('ended with status 7'),
          mend: expect.stringContaining('restore shared/dump.sql with psql'),
          recovered: false,
        });
        expect(await place.ask(environment)).toEqual({
          release: first.id,
          healthy: true,
        });
        await driver.stop();
      },
      TIMEOUT_MS,
    );

    describe('one that goes on by itself', () => {
      const slow = {
        ...migrations,
        command: [
          'sh',
          '-c',
          'echo begun >> ../../shared/journal; until test -e ../../shared/go; do sleep 0.05; done; echo "migrate $(ls migrations)" >> ../../shared/journal',
        ],
      };
      /** Deploys, and returns once the migration has begun. */
      async function beginMigration() {
        const begun = await beginPlace(harness, {
          manifest: { migrations: slow },
        });
        const { place, environment, deploy } = begun;
        const release = await place.createRelease('good', {
          'migrations/1.sql': '',
        });
        const deploying = deploy(release, null);
        await waitFor(async () =>
          (await readJournal(environment)).includes('begun'),
        );
        const { directory } = environment.parameters;
        const letGo = () => writeFile(path.join(directory, 'shared', 'go'), '');
        return { ...begun, deploying, letGo };
      }

      it(
        'given a connection that is cut, when the migration ends, then the deployment goes on and it has run once',
        async () => {
          const { environment, driver, deploying, letGo } =
            await beginMigration();
          await harness.host.cutConnections();
          await letGo();

          expect(await deploying).toMatchObject({ outcome: 'succeeded' });
          expect(await readJournal(environment)).toBe(
            'backup\nbegun\nmigrate 1.sql\n',
          );
          await driver.stop();
        },
        TIMEOUT_MS,
      );

      it(
        'given a migration whose end nobody will tell, when the run turns back, then the directory in which it runs stays',
        async () => {
          const { environment, driver, deploying, letGo } =
            await beginMigration();
          const commands = path.join(
            environment.parameters.directory,
            '.slipway',
            'commands',
          );
          const findRunning = async () => {
            const records = await Promise.all(
              (await readdir(commands)).map(name =>
                readFile(path.join(commands, name), 'utf8'),
              ),
            );
            return records
              .map(record => JSON.parse(record))
              .find(({ state, group }) => state === 'begun' && group !== null);
          };
          await waitFor(async () => (await findRunning()) !== undefined);
          const { watcher } = await findRunning();
          process.kill(watcher, 'SIGKILL');
          await expect(deploying).rejects.toThrow('still runs');

          await letGo();
          await waitFor(async () =>
            (await readJournal(environment)).includes('migrate 1.sql'),
          );
          await driver.stop();
        },
        TIMEOUT_MS,
      );
    });

    it.each(['in the middle of', 'after'] as const)(
      'given a worker that is killed %s a migration, when another takes over, then it has run once',
      async moment => {
        const { place, environment, driver, deploy } = await beginPlace(
          harness,
          { manifest: { migrations } },
        );
        const first = await place.createRelease('good');
        await deploy(first, null);

        await deploy(
          await place.createRelease('good', { 'migrations/1.sql': '' }),
          first,
          { kill: { way: 'there', step: 'run-migrations', moment } },
        );

        const journal = await readJournal(environment);
        expect(journal.match(/migrate/g)).toHaveLength(1);
        expect(await place.ask(environment)).toMatchObject({ healthy: true });
        await driver.stop();
      },
      TIMEOUT_MS,
    );
  });
});

async function waitFor(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) {
    await new Promise(resolve => {
      setImmediate(resolve);
    });
  }
}

/** The releases of an environment, oldest first. */
async function listReleases({ parameters }: VpsEnvironment): Promise<string[]> {
  const releases = path.join(parameters.directory, 'releases');
  return (await readdir(releases))
    .sort()
    .map(name => path.join(releases, name));
}

/** Files below a directory that hold a text, relative to it. */
async function findFilesWith(directory: string, text: string) {
  const entries = await readdir(directory, {
    recursive: true,
    withFileTypes: true,
  });
  const files = entries
    .filter(entry => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name));
  const found: string[] = [];
  for (const file of files) {
    if ((await readFile(file, 'utf8')).includes(text)) {
      found.push(path.relative(directory, file));
    }
  }
  return found;
}

/** Reads the arguments of all processes of this machine, again and again. */
function watchArguments() {
  let seen = '';
  let watching: NodeJS.Immediate;
  const look = () => {
    for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
      try {
        seen += readFileSync(`/proc/${pid}/cmdline`, 'latin1');
      } catch {
        // It has ended meanwhile.
      }
    }
    seen = [...new Set(seen.split('\0'))].join('\0');
    watching = setImmediate(look);
  };
  look();
  return {
    stop() {
      clearImmediate(watching);
      return seen;
    },
  };
}
