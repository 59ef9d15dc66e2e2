import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { run } from '../lib/run';

const DIRECTORY = resolvePackagePath(
  '@slipway/benchmarks',
  '../.slipway/bench/vps',
);

const PEERS = {
  pm2: '7.0.4',
  'shipit-cli': '5.3.0',
  'shipit-deploy': '5.3.0',
};

/** Installs what is measured beside this product, and returns the directory. None of it becomes a dependency of ours. */
export async function installPeers(): Promise<string> {
  await mkdir(DIRECTORY, { recursive: true });
  await writeFile(
    join(DIRECTORY, 'package.json'),
    JSON.stringify({ private: true, dependencies: PEERS }),
  );
  await run(['npm', 'install', '--no-audit', '--no-fund', '--silent'], {
    cwd: DIRECTORY,
  });
  return DIRECTORY;
}
