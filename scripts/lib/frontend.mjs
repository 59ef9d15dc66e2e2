import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { createEnvironment } from './environment.mjs';
import { ROOT, SCRATCH } from './paths.mjs';
import { run } from './run.mjs';
import { digestFiles, doOnce } from './stamp.mjs';

/** All that the built frontend depends on. */
const SOURCES = [
  'packages/app',
  'plugins/deployments',
  'plugins/deployments-common',
  'app-config.yaml',
  'yarn.lock',
];

/**
 * Builds the frontend, which the backend serves, unless its sources are those of the last build.
 *
 * @param {object} options
 * @param {{ node: string, path: string[] }} options.toolchain
 * @returns {Promise<string>} what was done
 */
export async function buildFrontend({ toolchain }) {
  const stamp = path.join(SCRATCH, 'frontend.stamp');
  if (!existsSync(path.join(ROOT, 'packages/app/dist/index.html'))) {
    await rm(stamp, { force: true });
  }
  const did = await doOnce({
    stamp,
    digest: await digestFiles(SOURCES),
    work: () =>
      run(
        toolchain.node,
        [
          path.join(ROOT, 'node_modules/@backstage/cli/bin/backstage-cli'),
          'package',
          'build',
          '--config',
          path.join(ROOT, 'app-config.yaml'),
        ],
        {
          cwd: path.join(ROOT, 'packages/app'),
          env: createEnvironment({
            path: toolchain.path,
            variables: { NODE_ENV: 'production' },
          }),
        },
      ),
  });
  return did ? 'built' : 'as it was built before';
}
