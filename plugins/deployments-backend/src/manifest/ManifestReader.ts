import { CacheService, UrlReaderService } from '@backstage/backend-plugin-api';
import { CustomErrorBase, isError } from '@backstage/errors';
import { z } from 'zod';
import { readLimited } from '../readLimited';

/** A manifest above this is refused unread: the largest sensible one has a few kilobytes. */
export const MAX_MANIFEST_BYTES = 1024 * 1024;

/** How long a manifest that was read serves without asking again. */
const FRESH_MS = 15_000;

/** How long it is kept, to be asked for by its ETag. */
const KEPT_MS = 60 * 60_000;

/** How long a forge may take to answer. */
const TIMEOUT_MS = 20_000;

const cachedSchema = z.object({
  text: z.string(),
  etag: z.string().optional(),
  checkedAt: z.number(),
});

/** The file is larger than {@link MAX_MANIFEST_BYTES}. */
export class ManifestTooLargeError extends CustomErrorBase {
  name = 'ManifestTooLargeError' as const;
}

/** Reads manifests through the portal's URL reader, and keeps them for a short while. */
export class ManifestReader {
  readonly #urlReader: UrlReaderService;
  readonly #cache: CacheService;

  constructor(options: { urlReader: UrlReaderService; cache: CacheService }) {
    this.#urlReader = options.urlReader;
    this.#cache = options.cache;
  }

  /**
   * The text of a manifest; with `fresh`, as its forge has it now.
   *
   * @throws NotFoundError where there is none, ManifestTooLargeError, or what the URL reader throws.
   */
  async read(url: string, options: { fresh: boolean }): Promise<string> {
    const key = `manifest:${url}`;
    const cached = cachedSchema.safeParse(await this.#cache.get(key)).data;
    const now = Date.now();
    if (cached && !options.fresh && now - cached.checkedAt < FRESH_MS) {
      return cached.text;
    }
    const read = await this.#readUrl(url, cached?.etag).catch(async error => {
      // What is gone for one who asks is gone for the next one, too.
      await this.#cache.delete(key);
      throw error;
    });
    const text = read?.text ?? cached?.text ?? '';
    await this.#cache.set(
      key,
      {
        text,
        etag: read ? read.etag : cached?.etag,
        checkedAt: now,
      },
      { ttl: KEPT_MS },
    );
    return text;
  }

  /** Undefined where nothing changed since `etag`. */
  async #readUrl(
    url: string,
    etag: string | undefined,
  ): Promise<{ text: string; etag?: string } | undefined> {
    try {
      const response = await this.#urlReader.readUrl(url, {
        etag,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = await readLimited(response, MAX_MANIFEST_BYTES);
      if (text === undefined) {
        throw new ManifestTooLargeError('The manifest is larger than 1 MB.');
      }
      return { text, etag: response.etag };
    } catch (error) {
      if (etag && isError(error) && error.name === 'NotModifiedError') {
        return undefined;
      }
      throw error;
    }
  }
}
