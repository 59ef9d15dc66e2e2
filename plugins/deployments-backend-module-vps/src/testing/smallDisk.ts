import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Mounts a disk of a few megabytes at a directory, for everybody; returns how it is taken away again. */
export function mountSmallDisk(options: {
  directory: string;
  megabytes: number;
}): () => void {
  const { directory, megabytes } = options;
  runAsRoot([
    'mount',
    ...['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=777`],
    ...['tmpfs', directory],
  ]);
  return () => runAsRoot(['umount', directory]);
}

/** Why no disk can be mounted here, and how that is changed; undefined where it can, which only trying tells. */
export function findMountObstacle(): string | undefined {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'slipway-mount-'));
  try {
    mountSmallDisk({ directory, megabytes: 1 })();
    return undefined;
  } catch {
    return 'no right to mount a disk: run as root or with sudo, in a container with --cap-add SYS_ADMIN';
  } finally {
    rmdirSync(directory);
  }
}

function runAsRoot(argv: readonly string[]): void {
  // Nobody is there to type a password.
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const [program, ...args] = [...sudo, ...argv];
  execFileSync(program, args, { stdio: 'pipe' });
}
