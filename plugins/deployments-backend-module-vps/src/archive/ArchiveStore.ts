import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  Digest,
  digestSchema,
  Release,
} from '@slipway/plugin-deployments-common';
import { StepErroredError } from '@slipway/plugin-deployments-node';
import { extract } from 'tar';
import { z } from 'zod';

/** An artifact of the type `archive`. */
export const archiveSchema = z.object({
  type: z.literal('archive'),
  digest: digestSchema,
  sizeBytes: z.number().int().nonnegative(),
});
export type Archive = z.infer<typeof archiveSchema>;

/** The archives of releases, each in a file named by its sha256. Several replicas of the portal have to share the directory. */
export class ArchiveStore {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Takes in an archive that `write` makes, and returns what it is. The same content is kept once. */
  async add(write: (file: string) => Promise<void>): Promise<Archive> {
    await mkdir(this.#directory, { recursive: true });
    const temporary = path.join(this.#directory, `.${randomUUID()}`);
    try {
      await write(temporary);
      const digest = await computeDigest(temporary);
      const { size } = await stat(temporary);
      await rename(temporary, this.#fileOf(digest));
      return { type: 'archive', digest, sizeBytes: size };
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async has(digest: Digest): Promise<boolean> {
    try {
      return (await stat(this.#fileOf(digest))).isFile();
    } catch {
      return false;
    }
  }

  /**
   * Fills an empty directory with what is in an archive, after it has seen that the archive is whole.
   *
   * @throws StepErroredError where it is not there or was changed.
   */
  async unpack(digest: Digest, directory: string): Promise<void> {
    if (!(await this.has(digest))) {
      throw new StepErroredError(
        `The archive ${digest} of this release is missing.`,
        'Bring it back from a copy of the portal’s work directory, or deploy a new commit. It is never built again in silence.',
      );
    }
    const file = this.#fileOf(digest);
    const actual = await computeDigest(file);
    if (actual !== digest) {
      throw new StepErroredError(
        `The archive ${digest} of this release is damaged: its content now is ${actual}.`,
        'Bring it back from a copy of the portal’s work directory, or deploy a new commit.',
      );
    }
    // It is our own archive, unchanged: there is no bomb in it, however well it was compressed.
    await extract({ file, cwd: directory, maxDecompressionRatio: Infinity });
  }

  #fileOf(digest: Digest): string {
    return path.join(this.#directory, `${digest.replace('sha256:', '')}.tgz`);
  }
}

/** The archive that a release consists of; undefined as long as it was not built. */
export function findArchive(release: Release): Archive | undefined {
  return release.artifacts.find(artifact => artifact.type === 'archive');
}

async function computeDigest(file: string): Promise<Digest> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return digestSchema.parse(`sha256:${hash.digest('hex')}`);
}
