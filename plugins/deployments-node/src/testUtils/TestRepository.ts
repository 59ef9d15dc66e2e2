import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  Release,
  releaseSchema,
  ServiceRef,
} from '@slipway/plugin-deployments-common';
import { SourceRepository } from '../target';

const execute = promisify(execFile);

const IDENTITY = {
  GIT_AUTHOR_NAME: 'Ana',
  GIT_AUTHOR_EMAIL: 'ana@example.test',
  GIT_COMMITTER_NAME: 'Ana',
  GIT_COMMITTER_EMAIL: 'ana@example.test',
};

/** A real git repository to which tests commit. */
export class TestRepository implements SourceRepository {
  readonly #directory: string;
  #commits = 0;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async create(directory: string): Promise<TestRepository> {
    await mkdir(directory, { recursive: true });
    const repository = new TestRepository(directory);
    await repository.#git('init', '--quiet', '--initial-branch=main');
    return repository;
  }

  /** Commits files, by path, on top of those that are there; a release of that commit, not yet built. */
  async createRelease(
    serviceRef: ServiceRef,
    files: Record<string, string>,
  ): Promise<Release> {
    this.#commits += 1;
    const version = `1.${this.#commits}.0`;
    for (const [name, content] of Object.entries({
      ...files,
      VERSION: version,
    })) {
      const file = path.join(this.#directory, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, content);
    }
    await this.#git('add', '--all', '--force');
    await this.#git('commit', '--quiet', `--message=Release ${version}`);
    const now = new Date().toISOString();
    return releaseSchema.parse({
      id: randomUUID(),
      serviceRef,
      version,
      commit: {
        id: (await this.#git('rev-parse', 'HEAD')).trim(),
        subject: `Release ${version}`,
        author: 'Ana',
        committedAt: now,
      },
      artifacts: [],
      createdAt: now,
    });
  }

  async checkout(
    commitId: string,
    directory: string,
    signal: AbortSignal,
  ): Promise<void> {
    const archive = path.join(directory, '.archive.tar');
    await this.#git('archive', '--output', archive, commitId);
    await execute('tar', ['-x', '-f', archive, '-C', directory], { signal });
    await rm(archive);
  }

  async listFiles(commitId: string, directory: string): Promise<string[]> {
    const listed = await this.#git(
      'ls-tree',
      '-r',
      '-z',
      '--name-only',
      `${commitId}:${directory}`,
    ).catch(() => '');
    return listed.split('\0').slice(0, -1);
  }

  async readFile(commitId: string, file: string): Promise<string | null> {
    return this.#git('cat-file', 'blob', `${commitId}:${file}`).catch(
      () => null,
    );
  }

  async #git(...args: string[]): Promise<string> {
    const { stdout } = await execute('git', args, {
      cwd: this.#directory,
      env: { ...process.env, ...IDENTITY },
    });
    return stdout;
  }
}
