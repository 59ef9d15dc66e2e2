import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CommitId, commitIdSchema } from '@slipway/plugin-deployments-common';

/** A real git repository in a directory, and hands to change it with. */
export type TestRepository = {
  directory: string;
  /** As a mirror reads it; needs the protocol `file`. */
  url: string;
  git(...args: string[]): string;
  commit(
    subject: string,
    files?: Record<string, string>,
    tag?: string,
  ): CommitId;
};

export function createGitRepository(directory: string): TestRepository {
  mkdirSync(directory, { recursive: true });
  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: directory,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        GIT_AUTHOR_NAME: 'Ana',
        GIT_AUTHOR_EMAIL: 'ana@example.test',
        GIT_COMMITTER_NAME: 'Ana',
        GIT_COMMITTER_EMAIL: 'ana@example.test',
      },
    }).trim();
  git('init', '--quiet', '--initial-branch=main');
  return {
    directory,
    url: `file://${directory}`,
    git,
    commit(subject, files = {}, tag = undefined) {
      for (const [name, content] of Object.entries(files)) {
        const file = path.join(directory, name);
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, content);
      }
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '--message', subject);
      if (tag) {
        git('tag', tag);
      }
      return commitIdSchema.parse(git('rev-parse', 'HEAD'));
    },
  };
}
