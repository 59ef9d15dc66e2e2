import { execFileSync } from 'node:child_process';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  writeFile,
} from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import os from 'node:os';
import path from 'node:path';
import { serviceRefSchema } from '@slipway/plugin-deployments-common';
import { buildSchema } from '@slipway/plugin-deployments-node';
import { TestRepository } from '@slipway/plugin-deployments-node/testUtils';
import { z } from 'zod';
import { ArchiveStore } from './ArchiveStore';
import { buildRelease } from './buildRelease';

const SERVICE = serviceRefSchema.parse('component:default/shop');

describe('buildRelease', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'slipway-build-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  async function build(
    files: Record<string, string>,
    spec: z.input<typeof buildSchema> = {},
  ) {
    const source = await TestRepository.create(path.join(directory, 'source'));
    const release = await source.createRelease(SERVICE, files);
    const archives = new ArchiveStore(path.join(directory, 'archives'));
    const workspaces = path.join(directory, 'workspaces');
    const log: string[] = [];
    const write = (text: string) => log.push(text);
    const run = () =>
      buildRelease({
        commitId: release.commit.id,
        build: buildSchema.parse(spec),
        source,
        archives,
        workspaces,
        log: { stdout: write, stderr: write, info: write },
        signal: new AbortController().signal,
      });
    const list = async () => {
      const { digest } = await run();
      const target = await mkdtemp(path.join(directory, 'unpacked-'));
      await archives.unpack(digest, target);
      return (await readdir(target, { recursive: true, withFileTypes: true }))
        .filter(entry => !entry.isDirectory())
        .map(({ parentPath, name }) =>
          path.relative(target, path.join(parentPath, name)),
        )
        .sort();
    };
    return { run, list, archives, workspaces, log };
  }

  it('given a command that takes longer than it may, when it is built, then it is stopped with its last lines and a way to mend it', async () => {
    const { run } = await build(
      {},
      {
        build: 'sh -c "echo waiting for nothing; exec sleep 600"',
        timeout: '1s',
      },
    );

    await expect(run()).rejects.toMatchObject({
      name: 'StepFailedError',
      message: expect.stringMatching(
        /^sh -c .* was stopped: the build took longer than 1 s.*waiting for nothing$/s,
      ),
      mend: expect.stringContaining('build.timeout'),
    });
  });

  describe('given a command that leaves a program behind which holds its output', () => {
    const leave = async (start: string) => {
      const { run, log } = await build(
        {},
        { build: `sh -c "${start} & echo $!"`, timeout: '3s' },
      );
      await run();
      return Number(log.find(text => /^\d+\n$/.test(text)));
    };

    it('when it is built, then that ends with the command', async () => {
      const pid = await leave('sleep 600');

      await waitForEnd(pid);
      expect(await isRunning(pid)).toBe(false);
    });

    it('and which left its process group, when it is built, then nobody waits for it', async () => {
      const pid = await leave('setsid sleep 600');

      expect(process.kill(pid, 'SIGKILL')).toBe(true);
    });
  });

  it('given a commit, when it is built twice, then both archives are the same, byte for byte', async () => {
    const { run } = await build({ 'server.js': '1', 'lib/a.js': '2' });

    const [first, second] = [await run(), await run()];

    expect(second).toEqual(first);
  });

  it('given development files, tests and what may be secret, when it is built, then they stay behind (V3.3)', async () => {
    const { list } = await build(
      {
        'server.js': '',
        'lib/tests.js': '',
        '@scope/x.js': '',
        'node_modules/a/index.js': '',
        'lib/node_modules/a.js': '',
        'test/a.js': '',
        'lib/__tests__/a.js': '',
        'lib/a.test.ts': '',
        '.env': 'SECRET=1',
        'config/.env.production': 'SECRET=1',
        'certs/server.key': '',
        'certs/server.pem': '',
        '.ssh/id_rsa': '',
        '.github/workflows/ci.yml': '',
        'docs/guide.md': '',
        'npm-debug.log': '',
        'lib/a.js.bak': '',
        'lib/old/a.js': '',
      },
      { exclude: ['docs/', '*.{map,bak}', '/lib/old'] },
    );

    expect(await list()).toEqual([
      '@scope/x.js',
      'VERSION',
      'lib/tests.js',
      'server.js',
    ]);
  });

  it('given commands, when they all work, then each runs once, in order, and what they make is in the archive (V2.1)', async () => {
    const note = (name: string) => [
      'node',
      '-e',
      `fs.appendFileSync('order.txt', '${name} ')`,
    ];
    const { list, run, archives } = await build(
      { 'server.js': '' },
      {
        smokeTest: note('smokeTest'),
        build: note('build'),
        test: note('test'),
        integrationTest: note('integrationTest'),
        typecheck: note('typecheck'),
        install: note('install'),
      },
    );
    expect(await list()).toContain('order.txt');

    const target = await mkdtemp(path.join(directory, 'order-'));
    await archives.unpack((await run()).digest, target);

    expect(
      execFileSync('cat', [path.join(target, 'order.txt')], {
        encoding: 'utf8',
      }),
    ).toBe('install typecheck test integrationTest build smokeTest ');
  });

  it('given a command that fails, when it is built, then its last 50 lines are told, nothing after it runs and nothing is kept', async () => {
    const { run, log, workspaces } = await build(
      { 'server.js': '' },
      {
        test: [
          'node',
          '-e',
          'for (let i = 1; i <= 80; i++) console.log(`line ${i}.`); process.exit(3)',
        ],
        build: 'echo built',
      },
    );

    const error = await run().then(
      () => undefined,
      reason => reason,
    );

    expect(error).toMatchObject({
      name: 'StepFailedError',
      message: expect.stringMatching(/ended with status 3/),
    });
    const lines = String(error.message).split('\n');
    expect(lines).toHaveLength(51);
    expect(lines.at(1)).toBe('line 31.');
    expect(lines.at(-1)).toBe('line 80.');
    expect(log.join('')).not.toContain('built');
    expect(await readdir(directory)).not.toContain('archives');
    expect(await readdir(workspaces)).toEqual([]);
  });

  it('given secrets in the portal’s environment, when a command looks for them, then they are not there', async () => {
    process.env.PORTAL_TOKEN = 'hunter2';
    try {
      const { run, log } = await build({ 'server.js': '' }, { test: 'env' });
      await run();

      expect(log.join('')).not.toContain('hunter2');
      expect(log.join('')).toContain('PATH=');
    } finally {
      delete process.env.PORTAL_TOKEN;
    }
  });

  it('given what a shell would obey in every command, when it is built, then it stays plain text', async () => {
    const marker = path.join(directory, 'marker');
    const hostile = `; touch ${marker} $(touch ${marker}) \`touch ${marker}\` && touch ${marker}`;
    const { run, log } = await build(
      { 'server.js': '' },
      {
        typecheck: `echo typecheck ${hostile}`,
        test: `echo test ${hostile}`,
        build: ['echo', 'build', hostile],
        exclude: [hostile, `!(${hostile})`, '--exclude'],
      },
    );

    await run();

    expect(await readdir(directory)).not.toContain('marker');
    expect(log.join('')).toContain(`build ${hostile}`);
  });

  it('given patterns that would keep a regular expression busy for ages, when it is built, then they are looked through in no time', async () => {
    const name = 'a'.repeat(200);
    const { list } = await build(
      { 'server.js': '', [name]: '', [`${name.slice(1)}b`]: '' },
      {
        exclude: [
          '+(a|aa|aaa)+(a|aa|aaa)+(a|aa)b',
          `${'*a'.repeat(99)}b`,
          `${'**/'.repeat(60)}c`,
          '{a,b}'.repeat(40),
        ],
      },
    );

    expect(await list()).toEqual(['VERSION', name, 'server.js']);
  });

  it('given a link that leads out of the repository, when it is built, then that is refused', async () => {
    const { run } = await build(
      { 'server.js': '' },
      { build: ['ln', '-s', '/etc/passwd', 'passwd'] },
    );

    await expect(run()).rejects.toThrow('The link passwd leads out');
  });

  it('given a program that is not there, when it is built, then it is named', async () => {
    const { run } = await build({ 'server.js': '' }, { build: 'no-such-tool' });

    await expect(run()).rejects.toThrow('has no no-such-tool');
  });

  it('given a lockfile and a command, when it is built, then the dependencies are installed first; without commands they are not', async () => {
    const files = {
      'package.json': '{"name":"a","version":"1.0.0"}',
      'package-lock.json':
        '{"name":"a","version":"1.0.0","lockfileVersion":3,"packages":{"":{"name":"a","version":"1.0.0"}}}',
    };
    const withCommand = await build(files, { test: 'true' });
    await withCommand.run();
    expect(withCommand.log).toContain('$ npm ci --no-audit --no-fund');

    await rm(path.join(directory, 'source'), { recursive: true });
    const without = await build(files);
    await without.run();
    expect(without.log.join('')).not.toContain('npm ci');
  });
});

describe('ArchiveStore', () => {
  it('given an archive that was changed, when it is unpacked, then it is refused by its digest', async () => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'slipway-store-'));
    const archives = new ArchiveStore(directory);
    const { digest } = await archives.add(file => writeFile(file, 'one'));
    await writeFile(
      path.join(directory, `${digest.replace('sha256:', '')}.tgz`),
      'two',
    );
    const target = path.join(directory, 'target');
    await mkdir(target);

    await expect(archives.unpack(digest, target)).rejects.toThrow(
      `The archive ${digest} of this release is damaged`,
    );
    expect(await readdir(target)).toEqual([]);
    await rm(directory, { recursive: true });
  });
});

async function waitForEnd(pid: number): Promise<void> {
  while (await isRunning(pid)) {
    await nextTurn();
  }
}

/** Whether a process goes on; one that nobody has asked for its end does not. */
async function isRunning(pid: number): Promise<boolean> {
  return (
    (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')) !== ''
  );
}
