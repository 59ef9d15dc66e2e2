import { rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { shorten } from '../paths.mjs';
import { isRunning, readPid } from '../processes.mjs';
import { Stop } from '../Stop.mjs';

/**
 * Makes sure that a demo runs once at a time: two would share a database and ports.
 *
 * @param {string} state the demo's folder
 * @returns {Promise<() => void>} gives the lock back
 */
export async function lock(state) {
  const file = `${state}.lock`;
  await mkdir(path.dirname(file), { recursive: true });
  const holder = await readPid(file);
  if (isRunning(holder) && holder !== process.pid) {
    throw new Stop(
      `The demo in ${shorten(state)} runs already, as process ${holder}.`,
      `End it with Ctrl-C in its terminal, or with: kill ${holder}. If that is another program, delete ${shorten(file)}.`,
    );
  }
  await writeFile(file, String(process.pid));
  return () => rmSync(file, { force: true });
}
