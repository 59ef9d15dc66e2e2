import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';

/** Something may still write there that was just killed. */
const REMOVE_ATTEMPTS = 5;

/** Gives an empty directory below another to `act`, and removes it afterwards. */
export async function withWorkspace<T>(
  directory: string,
  act: (workspace: string) => Promise<T>,
): Promise<T> {
  const workspace = path.join(directory, randomUUID());
  await mkdir(workspace, { recursive: true });
  try {
    return await act(workspace);
  } finally {
    await rm(workspace, {
      recursive: true,
      force: true,
      maxRetries: REMOVE_ATTEMPTS,
    });
  }
}
