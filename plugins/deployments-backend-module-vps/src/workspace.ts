import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';

/** Something may still write there that was just killed. */
const REMOVE_ATTEMPTS = 5;

/** How often a workspace in use is given the present time. */
const BEAT_MS = 30_000;

/** A workspace with a time older than this is nobody's any more: its portal was killed. */
const LEFT_OVER_MS = 15 * 60_000;

/**
 * Gives an empty directory below another to `act`, and removes it afterwards. Those that were left over there go away first; those that other
 * portals use, on this machine or another with the same disk, stay.
 */
export async function withWorkspace<T>(
  directory: string,
  act: (workspace: string) => Promise<T>,
): Promise<T> {
  await removeLeftOvers(directory);
  const holder = path.join(directory, randomUUID());
  const workspace = path.join(holder, 'files');
  await mkdir(workspace, { recursive: true });
  const beat = setInterval(() => {
    const now = new Date();
    // One that is missed does no harm.
    utimes(holder, now, now).catch(() => {});
  }, BEAT_MS).unref();
  try {
    return await act(workspace);
  } finally {
    clearInterval(beat);
    await remove(holder);
  }
}

/** What cannot be removed now is left to the next time. */
async function removeLeftOvers(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  const before = Date.now() - LEFT_OVER_MS;
  await Promise.allSettled(
    names.map(async name => {
      const holder = path.join(directory, name);
      if ((await stat(holder)).mtimeMs < before) {
        await remove(holder);
      }
    }),
  );
}

async function remove(holder: string): Promise<void> {
  await rm(holder, {
    recursive: true,
    force: true,
    maxRetries: REMOVE_ATTEMPTS,
  });
}
