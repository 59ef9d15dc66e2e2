import { Readable } from 'node:stream';
import {
  UrlReaderService,
  UrlReaderServiceReadUrlOptions,
} from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { NotModifiedError } from '@backstage/errors';
import { JsonValue } from '@backstage/types';
import { ManifestReader } from './ManifestReader';

const URL = 'http://forge.test/shop/deploy.yaml';

function createReader(readUrl: UrlReaderService['readUrl']) {
  const kept = new Map<string, JsonValue>();
  const cache = mockServices.cache.mock({
    get: async <T extends JsonValue>(key: string) =>
      kept.get(key) as T | undefined,
    set: async (key, value) => {
      kept.set(key, value);
    },
  });
  const urlReader = mockServices.urlReader.mock({ readUrl });
  return {
    reader: new ManifestReader({ urlReader, cache }),
    urlReader,
  };
}

describe('ManifestReader', () => {
  it('given a manifest that was read just now, when it is read again, then its forge is not asked, unless it has to be fresh', async () => {
    let text = 'one';
    const { reader, urlReader } = createReader(async () => ({
      buffer: async () => Buffer.from(text),
    }));

    await expect(reader.read(URL, { fresh: false })).resolves.toBe('one');
    text = 'two';
    await expect(reader.read(URL, { fresh: false })).resolves.toBe('one');
    expect(urlReader.readUrl).toHaveBeenCalledTimes(1);
    await expect(reader.read(URL, { fresh: true })).resolves.toBe('two');
    await expect(reader.read(URL, { fresh: false })).resolves.toBe('two');
  });

  it('given a forge that knows ETags, when nothing changed, then the text is not sent again', async () => {
    const asked: Array<UrlReaderServiceReadUrlOptions | undefined> = [];
    const { reader } = createReader(async (_, options) => {
      asked.push(options);
      if (options?.etag === 'v1') {
        throw new NotModifiedError();
      }
      return { buffer: async () => Buffer.from('one'), etag: 'v1' };
    });

    await reader.read(URL, { fresh: true });
    await expect(reader.read(URL, { fresh: true })).resolves.toBe('one');
    await expect(reader.read(URL, { fresh: true })).resolves.toBe('one');
    expect(asked.map(options => options?.etag)).toEqual([
      undefined,
      'v1',
      'v1',
    ]);
  });

  it('given a stream without an end, then it is left after 1 MB', async () => {
    let given = 0;
    const { reader } = createReader(async () => ({
      buffer: async () => Buffer.alloc(0),
      stream: () =>
        Readable.from(
          (function* endless() {
            for (;;) {
              given += 64 * 1024;
              yield Buffer.alloc(64 * 1024, 'x');
            }
          })(),
        ),
    }));

    await expect(reader.read(URL, { fresh: false })).rejects.toMatchObject({
      name: 'ManifestTooLargeError',
    });
    expect(given).toBeLessThan(4 * 1024 * 1024);
  });

  it('given a manifest of 5 MB, then it is refused, and none of it kept', async () => {
    const { reader, urlReader } = createReader(async () => ({
      buffer: async () => Buffer.alloc(5 * 1024 * 1024, 'x'),
    }));

    for (let i = 0; i < 2; i++) {
      await expect(reader.read(URL, { fresh: false })).rejects.toThrow(/1 MB/);
    }
    expect(urlReader.readUrl).toHaveBeenCalledTimes(2);
  });

  it('given a forge that does not answer, then its own words come through', async () => {
    const { reader } = createReader(async () => {
      throw new Error('could not read it, 502 Bad Gateway');
    });

    await expect(reader.read(URL, { fresh: false })).rejects.toThrow(/502/);
  });
});
