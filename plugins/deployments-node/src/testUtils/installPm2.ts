import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const PM2 = 'pm2@7.0.4';

/**
 * The directory with the `pm2` program, for the host's side of a test. It is installed once, below `.slipway/tools` at the
 * repository's root: made beside its place and moved there, so that tests which run side by side do not meet half of it.
 */
export async function installPm2(): Promise<string> {
  const tools = path.join(findRepositoryRoot(), '.slipway', 'tools');
  const folder = path.join(tools, PM2.replace('@', '-'));
  if (!existsSync(folder)) {
    await mkdir(tools, { recursive: true });
    const draft = await mkdtemp(path.join(tools, 'draft-'));
    try {
      await promisify(execFile)(
        'npm',
        [
          'install',
          '--prefix',
          draft,
          '--ignore-scripts',
          '--no-audit',
          '--no-fund',
          PM2,
        ],
        { cwd: draft },
      );
      await rename(draft, folder);
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      if (!existsSync(folder)) {
        throw error;
      }
    }
  }
  // The host of a test may belong to another user.
  await chmod(folder, 0o755);
  return path.join(folder, 'node_modules', '.bin');
}

function findRepositoryRoot(): string {
  let directory = process.cwd();
  while (!existsSync(path.join(directory, 'backstage.json'))) {
    const parent = path.dirname(directory);
    if (parent === directory) {
      throw new Error('This is not run within the repository.');
    }
    directory = parent;
  }
  return directory;
}
