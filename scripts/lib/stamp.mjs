import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from './paths.mjs';

const SKIPPED = new Set(['node_modules', 'dist', 'dist-types', 'coverage']);

/**
 * A digest over the names and contents of files and folders below the root, and over `words`. What lies in
 * `node_modules` and build output is left out, and so are names that are not there.
 *
 * @param {readonly string[]} names relative to the root
 * @param {readonly string[]} [words] what else the result depends on
 */
export async function digestFiles(names, words = []) {
  const hash = createHash('sha256');
  for (const word of words) {
    hash.update(`${word}\0`);
  }
  for (const file of (await Promise.all(names.map(listFiles))).flat().sort()) {
    hash.update(`${file}\0`);
    hash.update(await readFile(path.join(ROOT, file)));
    hash.update('\0');
  }
  return hash.digest('hex');
}

/**
 * Does work unless a stamp says that it was done for the same digest. The stamp is written after
 * the work alone, so an interrupted one is done again.
 *
 * @param {object} options
 * @param {string} options.stamp file
 * @param {string} options.digest
 * @param {() => Promise<unknown>} options.work
 * @returns {Promise<boolean>} whether there was something to do
 */
export async function doOnce({ stamp, digest, work }) {
  if ((await readStamp(stamp)) === digest) {
    return false;
  }
  await work();
  await mkdir(path.dirname(stamp), { recursive: true });
  await writeFile(stamp, digest);
  return true;
}

async function readStamp(file) {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
}

async function listFiles(name) {
  let entries;
  try {
    entries = await readdir(path.join(ROOT, name), { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOTDIR') {
      return [name];
    }
    if (error.code === 'ENOENT') {
      return [];
    }
    throw error;
  }
  const lists = await Promise.all(
    entries
      .filter(entry => !SKIPPED.has(entry.name))
      .map(entry => listFiles(path.join(name, entry.name))),
  );
  return lists.flat();
}
