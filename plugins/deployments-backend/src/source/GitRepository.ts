import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { InputError, NotFoundError } from '@backstage/errors';
import {
  Commit,
  CommitId,
  commitIdSchema,
  commitSchema,
  PlanContent,
} from '@slipway/plugin-deployments-common';
import { SourceRepository } from '@slipway/plugin-deployments-node';
import { cleanText } from '../runs/log/cleanText';
import { GitError, runGit } from './runGit';

/** How many commits of a range are listed; the count is of all. */
const MAX_COMMITS = 250;

/** The last second of the year 9999: later ones are no ISO 8601 times of four-digit years. Git takes any number. */
const LAST_SECOND = 253_402_300_799;

/** Longer subjects and names are cut. */
const MAX_TEXT_CHARS = 300;

/** Longer versions are cut. */
const MAX_VERSION_CHARS = 200;

const COMMIT_FORMAT = '--format=%H%x00%s%x00%an%x00%ct%x00';

/** What a branch, a tag or a commit can look like: a part of what git allows, and nothing that means more to it. */
const REF = /^[A-Za-z0-9_][A-Za-z0-9_./+-]{0,199}$/;

export type Commits = PlanContent['commits'];

/** A mirrored repository. */
export class GitRepository implements SourceRepository {
  readonly #directory: string;
  readonly #protocols: readonly string[];

  constructor(options: { directory: string; protocols: readonly string[] }) {
    this.#directory = options.directory;
    this.#protocols = options.protocols;
  }

  /**
   * The commit that a tag, a branch, or a commit's id (7 digits or more) stands for; a tag goes before a branch of the same name.
   *
   * @throws InputError for what cannot be a ref, NotFoundError where the repository has none.
   */
  async resolve(ref: string): Promise<Commit> {
    if (!REF.test(ref) || /\.\.|\/\/|\.lock$|[/.]$/.test(ref)) {
      throw new InputError(
        `${JSON.stringify(ref)} is not a branch, a tag or a commit.`,
      );
    }
    const candidates = [
      ...(/^[0-9a-f]{40}$/.test(ref) ? [ref] : []),
      ...(ref === 'HEAD' ? ['HEAD'] : []),
      `refs/tags/${ref}`,
      `refs/heads/${ref}`,
      ...(/^[0-9a-f]{7,39}$/.test(ref) ? [ref] : []),
    ];
    for (const candidate of candidates) {
      const commit = await this.#readCommit(candidate);
      if (commit) {
        return commit;
      }
    }
    throw new NotFoundError(
      `The repository has no branch, tag or commit ${ref}.`,
    );
  }

  /** The tag at a commit without its leading `v`, or the first seven digits of the commit. */
  async versionOf(commitId: CommitId): Promise<string> {
    try {
      const tag = await this.#git(
        'describe',
        '--tags',
        '--exact-match',
        '--end-of-options',
        commitId,
      );
      return tidyText(tag.trim().replace(/^v(?=\d)/, ''), MAX_VERSION_CHARS);
    } catch (error) {
      if (error instanceof GitError) {
        return commitId.slice(0, 7);
      }
      throw error;
    }
  }

  /** What goes in or out on the way from one commit to another; from null, all that led to `to`. */
  async commitsBetween(range: {
    from: CommitId | null;
    to: CommitId;
  }): Promise<Commits> {
    const { from, to } = range;
    if (from === null) {
      const items = await this.#listCommits(to);
      const isAll = items.length < MAX_COMMITS;
      const total = isAll ? items.length : await this.#count(to);
      return { direction: 'first', total, items };
    }
    const counts = await this.#countSides(from, to).catch(asNoAnswer);
    if (!counts) {
      return { direction: 'unrelated', total: 0, items: [] };
    }
    const [out, into] = counts;
    if (into === 0 && out > 0) {
      const items = await this.#listCommits(`${to}..${from}`);
      return { direction: 'backward', total: out, items };
    }
    const items = into > 0 ? await this.#listCommits(`${from}..${to}`) : [];
    const direction = out === 0 ? 'forward' : 'unrelated';
    return { direction, total: into, items };
  }

  /**
   * How many commits each of two has that the other has not; null where they have no common history.
   *
   * @throws GitError where one of them is not there.
   */
  async countApart(commits: {
    one: CommitId;
    other: CommitId;
  }): Promise<{ onlyOne: number; onlyOther: number } | null> {
    const { one, other } = commits;
    const [onlyOne, onlyOther] = await this.#countSides(one, other);
    const isInLine = onlyOne === 0 || onlyOther === 0;
    return isInLine || (await this.#areRelated(one, other))
      ? { onlyOne, onlyOther }
      : null;
  }

  async checkout(
    commitId: string,
    directory: string,
    signal: AbortSignal,
  ): Promise<void> {
    const commit = await this.#require(commitId);
    const index = path.join(this.#directory, `index.${randomUUID()}`);
    const options = {
      protocols: this.#protocols,
      signal,
      env: { GIT_INDEX_FILE: index },
    };
    const tree = [
      `--git-dir=${this.#directory}`,
      `--work-tree=${directory}`,
      '-c',
      'core.autocrlf=false',
    ];
    try {
      await runGit([...tree, 'read-tree', commit], options);
      await runGit([...tree, 'checkout-index', '--all', '--quiet'], options);
    } finally {
      await rm(index, { force: true });
    }
  }

  async listFiles(commitId: string, directory: string): Promise<string[]> {
    const commit = await this.#require(commitId);
    const inside = path.posix.normalize(directory).replace(/^\.?\/|\/$/g, '');
    if (inside.startsWith('..')) {
      throw new InputError(`${directory} is outside of the repository.`);
    }
    try {
      const listed = await this.#git(
        'ls-tree',
        '-r',
        '-z',
        '--name-only',
        '--end-of-options',
        `${commit}:${inside === '.' ? '' : inside}`,
      );
      return listed.split('\0').slice(0, -1);
    } catch (error) {
      if (error instanceof GitError) {
        return [];
      }
      throw error;
    }
  }

  async readFile(commitId: string, file: string): Promise<string | null> {
    const commit = await this.#require(commitId);
    try {
      return await this.#git(
        'cat-file',
        'blob',
        '--end-of-options',
        `${commit}:${file}`,
      );
    } catch (error) {
      if (error instanceof GitError) {
        return null;
      }
      throw error;
    }
  }

  async #listCommits(range: string): Promise<Commit[]> {
    const listed = await this.#git(
      'log',
      '-z',
      `--max-count=${MAX_COMMITS}`,
      COMMIT_FORMAT,
      '--end-of-options',
      range,
    );
    return parseCommits(listed);
  }

  async #count(range: string): Promise<number> {
    return Number(
      await this.#git('rev-list', '--count', '--end-of-options', range),
    );
  }

  /** How many commits the one has that the other has not, and the other way round. */
  async #countSides(one: CommitId, other: CommitId): Promise<[number, number]> {
    const counts = await this.#git(
      'rev-list',
      '--count',
      '--left-right',
      '--end-of-options',
      `${one}...${other}`,
    );
    const [onlyOne, onlyOther] = counts.trim().split('\t').map(Number);
    return [onlyOne, onlyOther];
  }

  async #readCommit(name: string): Promise<Commit | undefined> {
    const listed = await this.#git(
      'log',
      '-z',
      '-1',
      COMMIT_FORMAT,
      '--end-of-options',
      `${name}^{commit}`,
    ).catch(asNoAnswer);
    return listed === undefined ? undefined : parseCommits(listed)[0];
  }

  async #require(commitId: string): Promise<CommitId> {
    const id = await this.#findCommit(commitIdSchema.parse(commitId));
    if (!id) {
      throw new NotFoundError(`The repository has no commit ${commitId}.`);
    }
    return id;
  }

  async #findCommit(name: string): Promise<CommitId | undefined> {
    const id = await this.#git(
      'rev-parse',
      '--verify',
      '--quiet',
      '--end-of-options',
      `${name}^{commit}`,
    ).catch(asNoAnswer);
    return id === undefined ? undefined : commitIdSchema.parse(id.trim());
  }

  /** `git merge-base` says no with status 1, and anything else is a failure. */
  async #areRelated(one: CommitId, other: CommitId): Promise<boolean> {
    try {
      await this.#git('merge-base', one, other);
      return true;
    } catch (error) {
      if (error instanceof GitError && error.exitCode === 1) {
        return false;
      }
      throw error;
    }
  }

  #git(...args: string[]): Promise<string> {
    return runGit([`--git-dir=${this.#directory}`, ...args], {
      protocols: this.#protocols,
    });
  }
}

/** Of what git does not have it says no more than that. */
function asNoAnswer(error: unknown): undefined {
  if (error instanceof GitError) {
    return undefined;
  }
  throw error;
}

/** Words of a commit or a tag, which anybody may have written, without what a page would obey. */
function tidyText(text: string, maxChars = MAX_TEXT_CHARS): string {
  const chars = [...cleanText(text)];
  return chars.length > maxChars
    ? `${chars.slice(0, maxChars - 1).join('')}…`
    : chars.join('');
}

function parseCommits(listed: string): Commit[] {
  const fields = listed.split('\0');
  const commits: Commit[] = [];
  for (let i = 0; i + 4 < fields.length; i += 5) {
    const [id, subject, author, seconds] = fields.slice(i, i + 4);
    commits.push(
      commitSchema.parse({
        id,
        subject: tidyText(subject),
        author: tidyText(author),
        committedAt: new Date(
          Math.min(Number(seconds) || 0, LAST_SECOND) * 1_000,
        ).toISOString(),
      }),
    );
  }
  return commits;
}
