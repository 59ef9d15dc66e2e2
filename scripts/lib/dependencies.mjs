import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { createEnvironment } from './environment.mjs';
import { ROOT, SCRATCH } from './paths.mjs';
import { run } from './run.mjs';
import { digestFiles, doOnce } from './stamp.mjs';

/**
 * Installs what the lockfile says, unless that was done for the same lockfile and manifests.
 *
 * @param {object} options
 * @param {{ node: string, yarn: string, path: string[] }} options.toolchain
 * @param {(detail: string) => void} options.say
 * @returns {Promise<string>} what was done
 */
export async function installDependencies({ toolchain, say }) {
  const names = [
    'yarn.lock',
    '.yarnrc.yml',
    'package.json',
    ...(await listWorkspaceManifests()),
  ];
  const stamp = path.join(SCRATCH, 'dependencies.stamp');
  if (!existsSync(path.join(ROOT, 'node_modules/.yarn-state.yml'))) {
    await rm(stamp, { force: true });
  }
  const did = await doOnce({
    stamp,
    digest: await digestFiles(names, [process.platform, process.arch]),
    work: () =>
      run(toolchain.node, [toolchain.yarn, 'install', '--immutable'], {
        cwd: ROOT,
        env: createEnvironment({ path: toolchain.path }),
        onLine: line => say(line.replace(/^➤ YN\d+: /, '').trim()),
        mend: 'If it was the network, run the same command again: what was fetched is kept.',
      }),
  });
  return did ? 'installed from the lockfile' : 'as the lockfile says';
}

async function listWorkspaceManifests() {
  const lists = await Promise.all(
    ['packages', 'plugins'].map(async folder => {
      const entries = await readdir(path.join(ROOT, folder), {
        withFileTypes: true,
      });
      return entries
        .filter(entry => entry.isDirectory())
        .map(({ name }) => `${folder}/${name}/package.json`);
    }),
  );
  return [...lists.flat(), 'benchmarks/package.json'];
}
