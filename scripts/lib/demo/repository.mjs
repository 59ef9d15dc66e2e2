import {
  cp,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createEnvironment } from '../environment.mjs';
import { ROOT } from '../paths.mjs';
import { run } from '../run.mjs';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Git as the demo uses it: nobody's own settings, hooks or signing keys have a say. */
const GIT_VARIABLES = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
};

/**
 * Makes a bare git repository of an example, unless it is there already: its commits, by their
 * authors, and its releases as tags.
 *
 * @param {object} options
 * @param {string} options.name of the example
 * @param {string} options.folder where repositories lie; `<name>.git` is made there
 * @param {Record<string, string | number>} options.variables what stands for `${NAME}` in the example's files
 */
export async function makeRepository({ name, folder, variables }) {
  const target = path.join(folder, `${name}.git`);
  if (existsSync(target)) {
    return;
  }
  const source = path.join(ROOT, 'examples', name);
  const commits = JSON.parse(
    await readFile(path.join(source, 'repository.json'), 'utf8'),
  );
  const draft = await mkdtemp(path.join(folder, 'draft-'));
  const git = (args, env = {}) =>
    run('git', args, {
      cwd: draft,
      env: createEnvironment({ variables: { ...GIT_VARIABLES, ...env } }),
    });
  await git(['init', '--quiet', '--initial-branch=main']);
  for (const commit of commits) {
    const from = path.join(source, 'commits', commit.folder);
    await cp(from, draft, { recursive: true });
    await fillIn(from, draft, variables);
    await git(['add', '--all']);
    await git(
      ['commit', '--quiet', '--message', commit.subject],
      describeAuthor(commit),
    );
    if (commit.tag) {
      await git(['tag', commit.tag]);
    }
  }
  await git(['config', 'core.bare', 'true']);
  await rename(path.join(draft, '.git'), target);
  await rm(draft, { recursive: true });
}

/** Puts the variables into the files that came from `from`, where texts stand between single quotes of YAML. */
async function fillIn(from, to, variables) {
  for (const name of await readdir(from, { recursive: true })) {
    const source = path.join(from, name);
    if (!(await stat(source)).isFile()) {
      continue;
    }
    const file = path.join(to, name);
    const text = await readFile(source, 'utf8');
    const filled = text.replace(/\$\{([A-Z_]+)\}/g, (whole, variable) =>
      String(variables[variable] ?? whole).replaceAll("'", "''"),
    );
    if (filled !== text) {
      await writeFile(file, filled);
    }
  }
}

function describeAuthor({ author, daysAgo }) {
  const date = new Date(Date.now() - daysAgo * DAY_MS).toISOString();
  const email = `${author
    .split(' ')[0]
    .normalize('NFD')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase()}@example.com`;
  return {
    GIT_AUTHOR_NAME: author,
    GIT_AUTHOR_EMAIL: email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: author,
    GIT_COMMITTER_EMAIL: email,
    GIT_COMMITTER_DATE: date,
  };
}
