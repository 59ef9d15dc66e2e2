import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { ServiceUnavailableError } from '@backstage/errors';
import { checkRepositoryUrl } from './checkRepositoryUrl';
import { GitRepository } from './GitRepository';
import { GitError, runGit } from './runGit';

/** Branches and tags only: what others propose (`refs/pull/*`) is not the service's own. */
const REFSPECS = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];

/** A commit that was deployed once stays there, also when its branch is gone. */
const KEEP_COMMITS = ['-c', 'gc.pruneExpire=never'];

type Update = { running: Promise<void>; next?: Promise<void> };

/** Bare mirrors of git repositories, one a URL, below the work directory. */
export class GitMirrors {
  readonly #directory: string;
  readonly #protocols: readonly string[];
  readonly #updates = new Map<string, Update>();

  constructor(options: {
    workDirectory: string;
    protocols: readonly string[];
  }) {
    this.#directory = path.join(options.workDirectory, 'mirrors');
    this.#protocols = options.protocols;
  }

  /**
   * The mirror of a repository, brought up to date first where `fetch` says so or where there is none yet.
   *
   * @throws InputError where the URL is not one to read, ServiceUnavailableError where git can't read it.
   */
  async open(url: string, options: { fetch: boolean }): Promise<GitRepository> {
    checkRepositoryUrl(url, this.#protocols);
    const digest = createHash('sha256').update(url).digest('hex');
    const directory = path.join(this.#directory, `${digest.slice(0, 32)}.git`);
    if (options.fetch || !(await exists(directory))) {
      await this.#update(url, directory);
    }
    return new GitRepository({ directory, protocols: this.#protocols });
  }

  /**
   * Runs one update of a mirror at a time. Who asks while one is under way shares the one after it, since
   * the one under way may have begun before what they look for was pushed.
   */
  #update(url: string, directory: string): Promise<void> {
    const update = this.#updates.get(directory);
    if (!update) {
      const running = this.#fetch(url, directory).finally(() => {
        this.#updates.delete(directory);
      });
      this.#updates.set(directory, { running });
      return running;
    }
    update.next ??= update.running
      .catch(() => undefined)
      .then(() => this.#update(url, directory));
    return update.next;
  }

  async #fetch(url: string, directory: string): Promise<void> {
    const options = { protocols: this.#protocols };
    try {
      if (!(await exists(directory))) {
        await this.#create(directory);
      }
      await runGit(
        [
          ...KEEP_COMMITS,
          `--git-dir=${directory}`,
          'fetch',
          '--quiet',
          '--prune',
          '--no-write-fetch-head',
          '--end-of-options',
          url,
          ...REFSPECS,
        ],
        options,
      );
      await this.#followDefaultBranch(url, directory);
    } catch (error) {
      if (error instanceof GitError) {
        throw new ServiceUnavailableError(
          `The repository ${url} could not be read`,
          error,
        );
      }
      throw error;
    }
  }

  /** Made beside its place and moved there, so that nobody meets half a mirror. */
  async #create(directory: string): Promise<void> {
    const draft = `${directory}.${randomUUID()}`;
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    try {
      await runGit(
        ['init', '--quiet', '--bare', '--template=', '--end-of-options', draft],
        { protocols: this.#protocols },
      );
      await rename(draft, directory);
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      if (!(await exists(directory))) {
        throw error;
      }
    }
  }

  async #followDefaultBranch(url: string, directory: string): Promise<void> {
    const options = { protocols: this.#protocols };
    const answer = await runGit(
      ['ls-remote', '--symref', '--end-of-options', url, 'HEAD'],
      options,
    );
    const branch = /^ref: (refs\/heads\/\S+)\tHEAD$/m.exec(answer)?.[1];
    if (branch) {
      await runGit(
        [`--git-dir=${directory}`, 'symbolic-ref', 'HEAD', branch],
        options,
      );
    }
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}
