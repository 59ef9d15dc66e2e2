import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { createMockDirectory } from '@backstage/backend-test-utils';
import { commitIdSchema } from '@slipway/plugin-deployments-common';
import {
  createGitRepository,
  TestRepository,
} from '../__testUtils__/createGitRepository';
import { GitMirrors } from './GitMirrors';

jest.setTimeout(60_000);

const signal = new AbortController().signal;

/** Adds many commits to `main` at once. */
function addCommits({ directory, git }: TestRepository, count: number): void {
  const parent = git('rev-parse', 'main');
  const commits = Array.from({ length: count }, (_, i) =>
    [
      'commit refs/heads/main',
      `committer Ana <ana@example.test> ${1_800_000_000 + i} +0000`,
      `data <<END\nCommit ${i}\nEND`,
      ...(i === 0 ? [`from ${parent}`] : []),
    ].join('\n'),
  );
  execFileSync('git', ['fast-import', '--quiet'], {
    cwd: directory,
    input: `${commits.join('\n')}\n`,
  });
}

describe('GitMirrors', () => {
  const directory = createMockDirectory();
  let repository: TestRepository;
  let mirrors: GitMirrors;

  beforeEach(() => {
    directory.clear();
    repository = createGitRepository(directory.resolve('shop'));
    mirrors = new GitMirrors({
      workDirectory: directory.resolve('work'),
      protocols: ['file'],
    });
  });

  const open = (fetch = true) => mirrors.open(repository.url, { fetch });

  it('given a commit that somebody wrote to deceive, then its words are cut and cleaned, and its time can be told', async () => {
    const { directory: folder, git } = repository;
    execFileSync('git', ['fast-import', '--quiet'], {
      cwd: folder,
      input: [
        'commit refs/heads/main',
        'author A\u202ena <ana@example.test> 1800000000 +0000',
        'committer Ana <ana@example.test> 999999999999 +0000',
        `data <<END\n\u001b[31mFix\u202e ${'x'.repeat(2_000)}\nEND\n`,
      ].join('\n'),
    });
    git('tag', `v1.${'0'.repeat(220)}`, 'main');
    const source = await open();

    const commit = await source.resolve('main');

    expect(commit.committedAt).toBe('9999-12-31T23:59:59.000Z');
    expect(commit.author).toBe('A<U+202E>na');
    expect(commit.subject).toMatch(/^Fix<U\+202E> x+…$/);
    expect(commit.subject).toHaveLength(300);
    expect(await source.versionOf(commit.id)).toHaveLength(200);
  });

  it('given a branch, a tag and a commit, then each is resolved to its commit', async () => {
    const first = repository.commit('First', { 'a.txt': '1' }, 'v1.0.0');
    const second = repository.commit('Second');
    const source = await open();

    await expect(source.resolve('main')).resolves.toMatchObject({
      id: second,
      subject: 'Second',
      author: 'Ana',
    });
    await expect(source.resolve('HEAD')).resolves.toMatchObject({ id: second });
    await expect(source.resolve('v1.0.0')).resolves.toMatchObject({
      id: first,
    });
    await expect(source.resolve(first)).resolves.toMatchObject({ id: first });
    await expect(source.resolve(first.slice(0, 8))).resolves.toMatchObject({
      id: first,
    });
    await expect(source.versionOf(first)).resolves.toBe('1.0.0');
    await expect(source.versionOf(second)).resolves.toBe(second.slice(0, 7));
  });

  it.each(['nowhere', '0123456789abcdef0123456789abcdef01234567', 'deadbeef'])(
    'given %s, which the repository does not have, then it is not found',
    async ref => {
      repository.commit('First');

      await expect((await open()).resolve(ref)).rejects.toMatchObject({
        name: 'NotFoundError',
        message: `The repository has no branch, tag or commit ${ref}.`,
      });
    },
  );

  it('given what others proposed (`refs/pull`), then it cannot be deployed', async () => {
    repository.commit('First');
    repository.git('checkout', '--quiet', '-b', 'proposal');
    const proposed = repository.commit('Proposal');
    repository.git('checkout', '--quiet', 'main');
    repository.git('update-ref', 'refs/pull/1/head', proposed);
    repository.git('branch', '--quiet', '-D', 'proposal');
    const source = await open();

    for (const ref of [proposed, 'refs/pull/1/head', 'pull/1/head']) {
      await expect(source.resolve(ref)).rejects.toThrow(/no branch, tag or/);
    }
  });

  it.each([
    '--upload-pack=touch pwned',
    '-h',
    'main..other',
    'main^{/First}',
    'main~1',
    '@{-1}',
    ':/First',
    'main:a.txt',
    'a\nb',
    'a b',
    '',
    'a'.repeat(300),
    '$(touch pwned)',
    '../../etc/passwd',
  ])('given the ref %j, then it is refused before git sees it', async ref => {
    repository.commit('First');

    await expect((await open()).resolve(ref)).rejects.toMatchObject({
      name: 'InputError',
    });
  });

  it.each([
    ['ext::sh -c "touch PWNED"', ['ext', 'file']],
    ['ext::sh%20-c%20id', ['file']],
    ['--upload-pack=touch PWNED', ['file']],
    ['-oProxyCommand=touch', ['ssh']],
    ['ssh://-oProxyCommand=touch/x', ['ssh']],
    ['file:///tmp/x\n--upload-pack=x', ['file']],
    ['https://ana:secret@forge.test/shop.git', ['https']],
    ['https://token@forge.test/shop.git', ['https']],
    ['http://forge.test/shop.git', ['https', 'ssh']],
    ['file:///etc', ['https', 'ssh']],
    ['/etc', ['https', 'ssh', 'file']],
    ['../shop', ['file']],
    ['git@forge.test:shop.git', ['https']],
    ['', ['https']],
  ])(
    'given the URL %j, then it is refused before git sees it',
    async (url, protocols) => {
      const strict = new GitMirrors({
        workDirectory: directory.resolve('work'),
        protocols,
      });

      await expect(strict.open(url, { fetch: true })).rejects.toMatchObject({
        name: 'InputError',
      });
      expect(existsSync(directory.resolve('work'))).toBe(false);
    },
  );

  it('given a URL whose path has metacharacters of a shell, then they are only a path', async () => {
    const odd = createGitRepository(directory.resolve('a;touch${IFS}PWNED;'));
    const id = odd.commit('Odd');
    const source = await mirrors.open(odd.url, { fetch: true });

    await expect(source.resolve('main')).resolves.toMatchObject({ id });
    expect(await readdir(directory.path)).not.toContain('PWNED');
  });

  it('given a repository that is not there, then it is said so', async () => {
    await expect(
      mirrors.open(`file://${directory.resolve('nowhere')}`, { fetch: true }),
    ).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining('could not be read'),
    });
  });

  it('given many who ask at once while commits come in, then everybody sees what was there when they asked', async () => {
    repository.commit('First');
    await Promise.all(
      Array.from({ length: 8 }, async (_, i) => {
        const id = repository.commit(`Commit ${i}`);
        const source = await open();
        await expect(source.resolve(id)).resolves.toMatchObject({ id });
      }),
    );
  });

  it('given a mirror that is there, when it is opened without a fetch, then it is as it was', async () => {
    repository.commit('First');
    await open();
    const late = repository.commit('Late');

    await expect((await open(false)).resolve(late)).rejects.toThrow();
    await expect((await open()).resolve(late)).resolves.toMatchObject({
      id: late,
    });
  });

  it('given a branch that was forced and one that is gone, then what was deployed from them is still there', async () => {
    repository.commit('First');
    const old = repository.commit('Old');
    await open();
    repository.git('reset', '--quiet', '--hard', 'HEAD~1');
    const fresh = repository.commit('New');
    const source = await open();

    await expect(source.resolve('main')).resolves.toMatchObject({ id: fresh });
    await expect(source.resolve(old)).resolves.toMatchObject({ id: old });
  });

  describe('commitsBetween', () => {
    it('given two commits of one line, then it lists what goes in, or out, newest first', async () => {
      const first = repository.commit('First');
      repository.commit('Second');
      const third = repository.commit('Third');
      const source = await open();

      await expect(
        source.commitsBetween({ from: first, to: third }),
      ).resolves.toMatchObject({
        direction: 'forward',
        total: 2,
        items: [{ subject: 'Third' }, { subject: 'Second' }],
      });
      await expect(
        source.commitsBetween({ from: third, to: first }),
      ).resolves.toMatchObject({ direction: 'backward', total: 2 });
      await expect(
        source.commitsBetween({ from: third, to: third }),
      ).resolves.toEqual({ direction: 'forward', total: 0, items: [] });
      await expect(
        source.commitsBetween({ from: null, to: third }),
      ).resolves.toMatchObject({ direction: 'first', total: 3 });
    });

    it('given two lines, then they are unrelated, and what goes in is listed', async () => {
      repository.commit('First');
      const main = repository.commit('On main');
      repository.git('checkout', '--quiet', '-b', 'fix', 'HEAD~1');
      const fix = repository.commit('Fix');
      const source = await open();

      await expect(
        source.commitsBetween({ from: main, to: fix }),
      ).resolves.toMatchObject({
        direction: 'unrelated',
        total: 1,
        items: [{ subject: 'Fix' }],
      });
    });

    it('given more commits than are listed, then all are counted', async () => {
      const first = repository.commit('First');
      addCommits(repository, 255);
      const source = await open();
      const { id } = await source.resolve('main');
      const commits = await source.commitsBetween({ from: first, to: id });

      expect(commits.total).toBe(255);
      expect(commits.items).toHaveLength(250);
      expect(commits.items[0].subject).toBe('Commit 254');
    });

    it('given subjects and authors with odd characters, then they come through as they are', async () => {
      const subject = '“$(id)” \t 🚢 %H %x00 | ; end';
      const first = repository.commit('First');
      const second = repository.commit(subject);
      const source = await open();

      const { items } = await source.commitsBetween({
        from: first,
        to: second,
      });
      expect(items[0].subject).toBe(subject);
    });
  });

  describe('countApart', () => {
    it('given two lines, then it counts both ways', async () => {
      repository.commit('First');
      repository.commit('On main');
      const main = repository.commit('On main, too');
      repository.git('checkout', '--quiet', '-b', 'fix', 'HEAD~2');
      const fix = repository.commit('Fix');
      const source = await open();

      await expect(
        source.countApart({ one: main, other: fix }),
      ).resolves.toEqual({
        onlyOne: 2,
        onlyOther: 1,
      });
    });

    it('given no common history, then there is no count; given a commit that is not there, then that is no answer', async () => {
      const one = repository.commit('First');
      repository.git('checkout', '--quiet', '--orphan', 'other');
      const other = repository.commit('Elsewhere');
      const source = await open();

      await expect(source.countApart({ one, other })).resolves.toBeNull();
      await expect(
        source.countApart({
          one,
          other: commitIdSchema.parse('0'.repeat(40)),
        }),
      ).rejects.toThrow();
    });
  });

  describe('checkout', () => {
    it('given a commit, then an empty directory gets exactly its tree, with modes', async () => {
      repository.commit('First', {
        'src/a.txt': 'one\n',
        'run.sh': '#!/bin/sh',
      });
      repository.git('update-index', '--chmod=+x', 'run.sh');
      repository.git('commit', '-q', '-m', 'Executable');
      const old = (await (await open()).resolve('main')).id;
      repository.commit('Later', { 'src/b.txt': 'two' });
      const source = await open();
      const target = directory.resolve('workspace');
      await mkdir(target);

      await source.checkout(old, target, signal);

      expect((await readdir(target)).sort()).toEqual(['run.sh', 'src']);
      expect(await readdir(path.join(target, 'src'))).toEqual(['a.txt']);
      expect(readFileSync(path.join(target, 'src/a.txt'), 'utf8')).toBe(
        'one\n',
      );
      expect(statSync(path.join(target, 'run.sh')).mode & 0o111).toBe(0o111);
    });

    it('given two checkouts at once, then neither disturbs the other', async () => {
      const first = repository.commit('First', { 'a.txt': '1' });
      const second = repository.commit('Second', { 'a.txt': '2' });
      const source = await open();
      await Promise.all(
        [first, second, first, second].map(async (commit, i) => {
          const target = directory.resolve(`w${i}`);
          await mkdir(target);
          await source.checkout(commit, target, signal);
          expect(readFileSync(path.join(target, 'a.txt'), 'utf8')).toBe(
            commit === first ? '1' : '2',
          );
        }),
      );
    });

    it('given a commit that does not exist, or what is none, then it is refused', async () => {
      repository.commit('First');
      const source = await open();

      await expect(
        source.checkout('0'.repeat(40), directory.path, signal),
      ).rejects.toMatchObject({ name: 'NotFoundError' });
      await expect(
        source.checkout('--help', directory.path, signal),
      ).rejects.toThrow(/40 hex digits/);
    });
  });

  describe('listFiles', () => {
    it('given a directory, then it names the files below it, and none where there is none', async () => {
      const commit = repository.commit('First', {
        'migrations/001.sql': '',
        'migrations/deep/002.sql': '',
        'other.txt': '',
      });
      const source = await open();

      await expect(source.listFiles(commit, 'migrations')).resolves.toEqual([
        '001.sql',
        'deep/002.sql',
      ]);
      await expect(source.listFiles(commit, './migrations/')).resolves.toEqual([
        '001.sql',
        'deep/002.sql',
      ]);
      await expect(source.listFiles(commit, 'nowhere')).resolves.toEqual([]);
      await expect(source.listFiles(commit, '.')).resolves.toHaveLength(3);
      await expect(source.listFiles(commit, '$(id)')).resolves.toEqual([]);
      await expect(source.listFiles(commit, '../x')).rejects.toMatchObject({
        name: 'InputError',
      });
    });
  });
});
