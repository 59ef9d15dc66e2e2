// @ts-check
const { createHash } = require('node:crypto');
const { access, mkdir, readFile, rm } = require('node:fs/promises');
const { join } = require('node:path');
const { Failure } = require('./failure.cjs');
const { runProgram } = require('./processes.cjs');
const {
  listNames,
  listReleases,
  releasesOf,
  writeRecord,
  writeWhole,
} = require('./releases.cjs');

/** @param {string} release */
const keyFileOf = release => join(release, '.slipway', 'dependencies');

const NO_SPACE = /ENOSPC|EDQUOT|no space left/i;

/**
 * Gives a release its dependencies: those of a kept release by hard links, where lockfile and Node are the same,
 * and it may share them, otherwise with `npm ci`. Then records that the release is complete.
 *
 * @param {{
 *   site: import('./types').Site,
 *   directory: string,
 *   mayShare: boolean,
 *   record: import('./types').ReleaseRecord,
 * }} input
 * @param {import('./types').TaskContext} context
 */
async function install(
  { site: { base }, directory, mayShare, record },
  context,
) {
  const release = join(releasesOf(base), directory);
  const key = await computeKey(release);
  if (key === null) {
    context.log('system', 'The release has no dependencies to install.');
  } else if (!(await isInstalled(release, key))) {
    await rm(join(release, 'node_modules'), { recursive: true, force: true });
    const donor = mayShare ? await findDonor(base, directory, key) : undefined;
    if (donor === undefined || !(await link(donor, release, context))) {
      await runNpm(release, context);
    }
    await mkdir(join(release, '.slipway'), { recursive: true });
    await writeWhole(keyFileOf(release), key);
  }
  const earlier = (await listReleases(base)).find(({ id }) => id === record.id);
  await writeRecord(base, {
    ...record,
    verifiedAt: earlier?.verifiedAt ?? null,
    directory,
  });
}

/**
 * What decides whether two releases can share their dependencies; null where there is nothing to install.
 *
 * @param {string} release
 */
async function computeKey(release) {
  const manifest = await readIfThere(join(release, 'package.json'));
  const {
    dependencies = {},
    optionalDependencies = {},
    workspaces = null,
  } = JSON.parse(manifest ?? '{}');
  const lockfile =
    (await readIfThere(join(release, 'npm-shrinkwrap.json'))) ??
    (await readIfThere(join(release, 'package-lock.json')));
  const hasNone =
    Object.keys({ ...dependencies, ...optionalDependencies }).length === 0;
  if (hasNone && workspaces === null) {
    return null;
  }
  if (lockfile === null) {
    throw new Failure(
      'failed',
      'The release has dependencies, but no package-lock.json.',
      'Run npm install in the repository and commit package-lock.json.',
    );
  }
  return createHash('sha256')
    .update(
      JSON.stringify([
        lockfile,
        dependencies,
        optionalDependencies,
        process.version,
        process.arch,
        await readIfThere(join(release, '.npmrc')),
      ]),
    )
    .digest('hex');
}

/**
 * @param {string} release
 * @param {string} key
 */
async function isInstalled(release, key) {
  return (await readIfThere(keyFileOf(release))) === key;
}

/**
 * @param {string} base
 * @param {string} directory
 * @param {string} key
 */
async function findDonor(base, directory, key) {
  for (const name of await listNames(base)) {
    const candidate = join(releasesOf(base), name);
    if (name !== directory && (await isInstalled(candidate, key))) {
      return candidate;
    }
  }
  return undefined;
}

/**
 * @param {string} donor
 * @param {string} release
 * @param {import('./types').TaskContext} context
 */
async function link(donor, release, { log, signal }) {
  const source = join(donor, 'node_modules');
  try {
    await access(source);
  } catch {
    return false;
  }
  const { code } = await runProgram(['cp', '-al', source, release], {
    cwd: release,
    log,
    signal,
  });
  if (code === 0) {
    log(
      'system',
      'The dependencies are unchanged: linked from the release before.',
    );
    return true;
  }
  await rm(join(release, 'node_modules'), { recursive: true, force: true });
  return false;
}

/**
 * @param {string} release
 * @param {import('./types').TaskContext} context
 */
async function runNpm(release, { log, signal, marks }) {
  const argv = ['npm', 'ci', '--omit=dev', '--no-audit', '--no-fund'];
  log('system', `$ ${argv.join(' ')}`);
  const { code, tail } = await runProgram(argv, {
    cwd: release,
    env: marks,
    log,
    signal,
  });
  if (code === 0) {
    return;
  }
  if (NO_SPACE.test(tail)) {
    throw new Failure(
      'errored',
      'There is no space left on the host for the dependencies.',
      'Free disk space on the host, then try again.',
    );
  }
  throw new Failure(
    'failed',
    `${argv.join(' ')} ended with status ${code}:\n${tail}`,
    'Mend what npm names; nothing was switched.',
  );
}

/** @param {string} file */
async function readIfThere(file) {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return null;
  }
}

module.exports = { install };
