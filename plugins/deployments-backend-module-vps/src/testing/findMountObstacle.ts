import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Why no disk can be mounted here, and how that is changed; undefined where it can, which only trying tells. */
export function findMountObstacle(): string | undefined {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'slipway-mount-'));
  const quiet = { stdio: 'pipe', encoding: 'utf8' } as const;
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', directory], quiet);
    execFileSync('umount', [directory], quiet);
    return undefined;
  } catch {
    return 'no right to mount a disk: run as root, in a container with --cap-add SYS_ADMIN';
  } finally {
    rmdirSync(directory);
  }
}
