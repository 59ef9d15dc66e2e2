import { appendFile, cp } from 'node:fs/promises';
import { join } from 'node:path';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { run } from '../lib/run';

const APP = resolvePackagePath('@slipway/benchmarks', 'app');

/** The git repository of the sample application, to which every deployment adds a commit. */
export class SampleRepository {
  static async create(directory: string): Promise<SampleRepository> {
    await cp(APP, directory, { recursive: true });
    const repository = new SampleRepository(directory);
    await repository.#git('init', '--quiet', '--initial-branch=main');
    await repository.#git('add', '.');
    await repository.#commit('First release');
    return repository;
  }

  #commits = 1;

  private constructor(readonly directory: string) {}

  /** Changes a line of the program and leaves its dependencies as they are. */
  async change(): Promise<void> {
    await appendFile(
      join(this.directory, 'server.js'),
      `// change ${this.#commits}\n`,
    );
    await this.#commit(`Change ${this.#commits}`);
  }

  async #commit(subject: string): Promise<void> {
    await this.#git('commit', '--quiet', '--all', `--message=${subject}`);
    this.#commits += 1;
  }

  async #git(...args: string[]): Promise<void> {
    await run(['git', ...args], {
      cwd: this.directory,
      env: {
        ...process.env,
        GIT_AUTHOR_NAME: 'Bench',
        GIT_AUTHOR_EMAIL: 'bench@example.com',
        GIT_COMMITTER_NAME: 'Bench',
        GIT_COMMITTER_EMAIL: 'bench@example.com',
      },
    });
  }
}
