import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { UrlReaders } from '@backstage/backend-defaults/urlReader';
import { LoggerService } from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import {
  commitIdSchema,
  releaseIdSchema,
  serviceRefSchema,
} from '@slipway/plugin-deployments-common';
import { HttpCheckProvider } from './HttpCheckProvider';

const ANSWERS: Record<string, string> = {
  '/status': '{"change":{"state":"approved"},"count":3}',
  '/text': 'all is well',
  '/large': 'x'.repeat(2 * 1024 * 1024),
};

describe('HttpCheckProvider', () => {
  const asked: string[] = [];
  let server: Server;
  let port: number;

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      const text = ANSWERS[new URL(request.url ?? '', 'http://x').pathname];
      const found = text === undefined ? 404 : 200;
      response.statusCode = request.url?.startsWith('/broken') ? 500 : found;
      response.end(text);
    });
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve);
    });
    ({ port } = server.address() as AddressInfo);
  });

  afterAll(() => new Promise(resolve => server.close(resolve)));

  /** Asks as the portal does, where only this server's host is allowed. */
  function check(
    parameters: object,
    {
      logger = mockServices.logger.mock(),
      host = `127.0.0.1:${port}`,
    }: { logger?: LoggerService; host?: string } = {},
  ) {
    const provider = new HttpCheckProvider({
      urlReader: UrlReaders.default({
        logger,
        config: new ConfigReader({
          backend: { reading: { allow: [{ host }] } },
        }),
      }),
    });
    return provider.check({
      serviceRef: serviceRefSchema.parse('component:default/shop'),
      environment: 'production',
      repository: 'https://forge.test/shop.git',
      release: {
        id: releaseIdSchema.parse('6f2c1e0a-2d5b-4c39-9d63-0c1a2b3c4d51'),
        serviceRef: serviceRefSchema.parse('component:default/shop'),
        version: '1.0.0 rc/1',
        commit: {
          id: commitIdSchema.parse('1'.repeat(40)),
          subject: 'First',
          author: 'Ana',
          committedAt: '2026-11-20T10:00:00.000Z',
        },
        artifacts: [],
        createdAt: '2026-11-20T10:00:00.000Z',
      },
      parameters: provider.parametersSchema.parse(parameters),
      logger,
      signal: AbortSignal.timeout(10_000),
    });
  }

  it.each<[string, object, string]>([
    ['a page that is there', {}, 'passed'],
    ['what the answer holds', { contains: 'approved' }, 'passed'],
    ['what it does not hold', { contains: 'refused' }, 'failed'],
    ['a member', { field: 'change.state', equals: 'approved' }, 'passed'],
    ['a number', { field: 'count', equals: 3 }, 'passed'],
    ['another type', { field: 'count', equals: '3' }, 'failed'],
    [
      'a member that is not there',
      { field: '__proto__.x', equals: 'y' },
      'failed',
    ],
  ])('given %s, then the check says so', async (_, expectation, state) => {
    await expect(
      check({ url: `http://127.0.0.1:${port}/status`, ...expectation }),
    ).resolves.toMatchObject({ state });
  });

  it('given a page that is not there, or too large, then the check fails', async () => {
    const base = `http://127.0.0.1:${port}`;

    await expect(check({ url: `${base}/none` })).resolves.toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('404'),
    });
    await expect(check({ url: `${base}/large` })).resolves.toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('1 MB'),
    });
    await expect(
      check({ url: `${base}/text`, field: 'a', equals: 'b' }),
    ).resolves.toMatchObject({ state: 'failed' });
  });

  it('given placeholders, then each is one part of the URL, whatever a version holds', async () => {
    asked.length = 0;

    await check({
      url: `http://127.0.0.1:${port}/status?v={version}&c={commit}&x={unknown}`,
    });

    expect(asked).toEqual([
      `/status?v=1.0.0%20rc%2F1&c=${'1'.repeat(40)}&x={unknown}`,
    ]);
  });

  it.each([
    ['is there', '/text', 'passed'],
    ['is not there', '/none', 'failed'],
    ['fails', '/broken', 'pending'],
  ])(
    'given a token in the query of a page that %s, then it is asked with it, and nothing that is kept has it',
    async (_, path, state) => {
      asked.length = 0;
      const base = `http://127.0.0.1:${port}`;

      const result = await check({ url: `${base}${path}?token=secret#secret` });

      expect(asked).toEqual([`${path}?token=secret`]);
      expect(result).toMatchObject({ state, evidence: { url: base + path } });
      expect(JSON.stringify(result)).not.toContain('secret');
    },
  );

  it('given a host that does not answer, then the check waits, and the log alone says why', async () => {
    const logger = mockServices.logger.mock();
    const url = 'http://127.0.0.1:1/status?token=secret';

    const result = await check({ url }, { logger, host: '127.0.0.1:1' });

    expect(result).toEqual({
      state: 'pending',
      reason: '127.0.0.1:1 could not be asked. The portal’s log says why.',
      evidence: { text: '127.0.0.1:1', url: 'http://127.0.0.1:1/status' },
    });
    expect(logger.warn).toHaveBeenCalledWith(
      '127.0.0.1:1 could not be asked for a check',
      { error: expect.any(String) },
    );
  });

  it.each([
    'http://169.254.169.254/latest',
    'http://localhost:1/',
    'https://evil.test/',
  ])(
    'given %s, which administrators do not allow, then it is not asked, and the check says whom to ask',
    async url => {
      await expect(check({ url })).resolves.toMatchObject({
        state: 'failed',
        reason: expect.stringContaining('backend.reading.allow'),
        evidence: null,
      });
    },
  );

  it.each([
    'file:///etc/passwd',
    'ftp://host/x',
    'https://{version}.evil.test/',
    'https://user:pass@host/',
    'https://host@evil.test/',
    'https://',
  ])('given the URL %s, then the manifest is refused', url => {
    expect(
      new HttpCheckProvider({
        urlReader: mockServices.urlReader.mock(),
      }).parametersSchema.safeParse({ url }).success,
    ).toBe(false);
  });
});
