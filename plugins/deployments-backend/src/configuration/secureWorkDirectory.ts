import { mkdir, stat } from 'node:fs/promises';

/**
 * Makes the default work directory, for the portal's user alone. Its name can be guessed by anybody on the machine, so
 * what lies there already has to be the portal's own.
 *
 * @throws Error where the directory belongs to somebody else, or others may write to it.
 */
export async function secureWorkDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const { uid, mode } = await stat(directory);
  const user = process.getuid?.();
  if (user !== undefined && uid !== user) {
    throw new Error(
      `The work directory ${directory} belongs to another user; set deployments.workDirectory to one of the portal’s own`,
    );
  }
  if (user !== undefined && (mode & 0o022) !== 0) {
    throw new Error(
      `Others may write to the work directory ${directory}; take that from them, with chmod go-w`,
    );
  }
}
