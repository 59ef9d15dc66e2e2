import { once } from 'node:events';
import { mockServices } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import {
  commitIdSchema,
  releaseIdSchema,
  serviceRefSchema,
} from '@slipway/plugin-deployments-common';
import { GithubStandIn, ReportedRun } from './__testUtils__/GithubStandIn';
import { GithubCheckProvider } from './GithubCheckProvider';
import { Parameters } from './parameters';

const REPOSITORY = 'acme/shop';
const SHA = '1'.repeat(40);
const OTHER_SHA = '2'.repeat(40);

describe('GithubCheckProvider', () => {
  let github: GithubStandIn;

  beforeAll(async () => {
    github = await GithubStandIn.start();
  });

  afterAll(() => github.stop());

  beforeEach(() => {
    github.reset();
    github.push(REPOSITORY, SHA);
  });

  const reportRun = (run: ReportedRun) =>
    github.reportRun(REPOSITORY, SHA, run);
  const reportStatus = (context: string, state: string) =>
    github.reportStatus(REPOSITORY, SHA, { context, state });

  /** Asks as a portal does whose only GitHub is the stand-in. */
  function check(
    parameters: Parameters = {},
    options: {
      repository?: string;
      integration?: object;
      commit?: string;
      signal?: AbortSignal;
    } = {},
  ) {
    const provider = new GithubCheckProvider({
      integrations: ScmIntegrations.fromConfig(
        new ConfigReader({
          integrations: {
            github: [
              {
                host: 'github.test',
                apiBaseUrl: github.apiBaseUrl,
                ...options.integration,
              },
            ],
          },
        }),
      ),
    });
    return provider.check({
      serviceRef: serviceRefSchema.parse('component:default/shop'),
      environment: 'production',
      repository: options.repository ?? 'https://github.test/acme/shop.git',
      release: {
        id: releaseIdSchema.parse('6f2c1e0a-2d5b-4c39-9d63-0c1a2b3c4d51'),
        serviceRef: serviceRefSchema.parse('component:default/shop'),
        version: '1.0.0',
        commit: {
          id: commitIdSchema.parse(options.commit ?? SHA),
          subject: 'First',
          author: 'Ana',
          committedAt: '2026-11-20T10:00:00.000Z',
        },
        artifacts: [],
        createdAt: '2026-11-20T10:00:00.000Z',
      },
      parameters: provider.parametersSchema.parse(parameters),
      logger: mockServices.logger.mock(),
      signal: options.signal ?? new AbortController().signal,
    });
  }

  describe('what is reported', () => {
    it('given a commit whose checks are all green, then it passes, and evidence leads to its checks', async () => {
      reportRun({ name: 'build', conclusion: 'success' });
      reportRun({ name: 'docs', conclusion: 'skipped' });
      reportStatus('ci/legacy', 'success');

      await expect(check()).resolves.toEqual({
        state: 'passed',
        reason: 'All 3 checks are green.',
        evidence: {
          text: 'acme/shop@1111111',
          url: `https://github.test/acme/shop/commit/${SHA}/checks`,
        },
      });
    });

    it('given a commit of which nothing is reported, then it waits', async () => {
      await expect(check()).resolves.toMatchObject({
        state: 'pending',
        reason: 'Nothing is reported for this commit yet.',
      });
    });

    it('given another commit that is green, then this one is not', async () => {
      github.push(REPOSITORY, OTHER_SHA);
      github.reportRun(REPOSITORY, OTHER_SHA, {
        name: 'build',
        conclusion: 'success',
      });

      await expect(check({ required: ['build'] })).resolves.toMatchObject({
        state: 'pending',
      });
    });

    it('given a branch that is named as the commit and leads to another, then it is not judged', async () => {
      github.push(REPOSITORY, OTHER_SHA, SHA);
      reportRun({ name: 'build', conclusion: 'success' });
      reportStatus('ci/legacy', 'success');

      await expect(check()).rejects.toThrow('cannot be understood');
      await expect(check({ app: 'github-actions' })).rejects.toThrow(
        'cannot be understood',
      );
    });

    it.each<[string, string, () => void]>([
      [
        'a red check run',
        'failed',
        () => reportRun({ name: 'lint', conclusion: 'failure' }),
      ],
      ['a check run under way', 'pending', () => reportRun({ name: 'lint' })],
      ['a red status', 'failed', () => reportStatus('lint', 'error')],
      ['a status under way', 'pending', () => reportStatus('lint', 'pending')],
    ])(
      'given %s beside a green check, then it is %s, unless only the green one is required',
      async (_, state, report) => {
        reportRun({ name: 'build', conclusion: 'success' });
        report();

        await expect(check()).resolves.toMatchObject({
          state,
          reason: expect.stringContaining('`lint`'),
        });
        await expect(check({ required: ['build'] })).resolves.toMatchObject({
          state: 'passed',
          reason: '`build` is green.',
        });
      },
    );

    it('given required names, of which one is not reported, then it waits for that one', async () => {
      reportRun({ name: 'build', conclusion: 'success' });
      reportStatus('ci/legacy', 'success');

      await expect(
        check({ required: ['build', 'ci/legacy', 'e2e'] }),
      ).resolves.toMatchObject({
        state: 'pending',
        reason: 'Not done yet: `e2e` (not reported).',
      });
    });

    it('given a check that was run again, then the newer run counts, also where the older one says that it ended later', async () => {
      reportRun({
        name: 'build',
        conclusion: 'success',
        completedAt: '2099-01-01T00:00:00Z',
      });
      reportRun({ name: 'build', conclusion: 'failure' });
      await expect(check()).resolves.toMatchObject({ state: 'failed' });

      reportRun({ name: 'build' });
      await expect(check()).resolves.toMatchObject({ state: 'pending' });

      reportRun({ name: 'build', conclusion: 'success' });
      await expect(check()).resolves.toMatchObject({ state: 'passed' });
    });

    it('given more checks than a page holds, then the last of them counts, too', async () => {
      for (let i = 0; i < 249; i++) {
        reportRun({ name: `part ${i}`, conclusion: 'success' });
        reportStatus(`status ${i}`, 'success');
      }
      await expect(check()).resolves.toMatchObject({
        state: 'passed',
        reason: 'All 498 checks are green.',
      });

      reportStatus('last', 'failure');
      await expect(check()).resolves.toMatchObject({
        state: 'failed',
        reason: 'Not green: `last` (failure).',
      });
    });

    it('given more checks than can be judged, then it says so, and does not pass', async () => {
      for (let i = 0; i < 2_001; i++) {
        reportRun({ name: 'build', conclusion: 'success' });
      }

      await expect(check()).rejects.toThrow('more than 2000 checks');
    });
  });

  describe('who reported it', () => {
    it('given an app, then what others report under the name does not count', async () => {
      reportRun({ name: 'build', app: 'mallory', conclusion: 'success' });
      reportRun({ name: 'build', app: null, conclusion: 'success' });
      reportStatus('build', 'success');

      await expect(
        check({ required: ['build'], app: 'github-actions' }),
      ).resolves.toMatchObject({
        state: 'pending',
        reason: 'Not done yet: `build` (not reported by github-actions).',
      });
      await expect(check({ app: 'github-actions' })).resolves.toMatchObject({
        state: 'pending',
        reason: 'Nothing is reported by github-actions for this commit yet.',
      });

      reportRun({ name: 'build', conclusion: 'success' });
      await expect(
        check({ required: ['build'], app: 'github-actions' }),
      ).resolves.toMatchObject({ state: 'passed' });
    });

    it('given no app, then a newer report of another app does not hide that one is red', async () => {
      reportRun({ name: 'build', conclusion: 'failure' });
      reportRun({ name: 'build', app: 'mallory', conclusion: 'success' });

      await expect(check({ required: ['build'] })).resolves.toMatchObject({
        state: 'failed',
      });
    });
  });

  describe('credentials', () => {
    it('given an integration with a token, then GitHub is asked with it', async () => {
      github.token = 'secret';
      reportRun({ name: 'build', conclusion: 'success' });

      await expect(
        check({}, { integration: { token: 'secret' } }),
      ).resolves.toMatchObject({ state: 'passed' });
      expect(github.asked).toEqual(
        expect.arrayContaining([
          {
            path: `/repos/acme/shop/commits/${SHA}/check-runs`,
            token: 'secret',
          },
          { path: `/repos/acme/shop/commits/${SHA}/status`, token: 'secret' },
        ]),
      );
    });

    it('given a token that GitHub does not accept, then it waits, and says who renews it', async () => {
      github.token = 'secret';

      const result = await check({}, { integration: { token: 'old-token' } });

      expect(result).toMatchObject({
        state: 'pending',
        reason: expect.stringMatching(/credentials.*integrations\.github/),
      });
      expect(JSON.stringify(result)).not.toContain('old-token');
    });

    it('given a GitHub App that cannot sign in, then it waits, and nothing is asked without credentials', async () => {
      await expect(
        check(
          {},
          {
            integration: {
              apps: [
                {
                  appId: 1,
                  clientId: 'id',
                  clientSecret: 'secret',
                  privateKey: 'none',
                },
              ],
            },
          },
        ),
      ).rejects.toThrow(/no credentials for acme\/shop.*integrations\.github/);
      expect(github.asked).toEqual([]);
    });
  });

  describe('GitHub does not answer with checks', () => {
    it.each<[string, { repository?: string; commit?: string }]>([
      ['a commit that is not there', { commit: OTHER_SHA }],
      [
        'a repository that is not there, or not to be seen',
        { repository: 'https://github.test/acme/other' },
      ],
    ])('given %s, then it waits, and says what to do', async (_, options) => {
      await expect(check({}, options)).resolves.toMatchObject({
        state: 'pending',
        reason: expect.stringMatching(/no such commit.*Push the commit/),
      });
    });

    it.each<[string, number, Record<string, string>, RegExp]>([
      ['no permission', 403, {}, /may not read.*read access to “Checks”/],
      [
        'no permission, with a limit that is not used up',
        403,
        { 'x-ratelimit-remaining': '7' },
        /may not read/,
      ],
      [
        'a limit that is used up',
        403,
        { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1795257120' },
        /until 10:32 UTC.*rate limit/,
      ],
      [
        'a second limit',
        403,
        { 'retry-after': '60' },
        /until \d\d:\d\d UTC.*rate limit/,
      ],
      [
        'a limit as other versions say it',
        429,
        { 'retry-after': '60' },
        /until \d\d:\d\d UTC.*rate limit/,
      ],
      [
        'a limit of which no end is told',
        429,
        { 'retry-after': 'soon' },
        /for a while.*rate limit/,
      ],
      ['a fault of its own', 502, {}, /answers with 502/],
    ])(
      'given %s (%i), then it waits, and the reason says why',
      async (_, status, headers, reason) => {
        github.refuse(status, headers);

        await expect(check()).resolves.toMatchObject({
          state: 'pending',
          reason: expect.stringMatching(reason),
          evidence: { text: 'acme/shop@1111111' },
        });
      },
    );

    it('given no GitHub there, then it throws a sentence without an address', async () => {
      const gone = await GithubStandIn.start();
      const { apiBaseUrl } = gone;
      await gone.stop();

      await expect(check({}, { integration: { apiBaseUrl } })).rejects.toThrow(
        /^github\.test does not answer\.$/,
      );
    });

    it('given a slow GitHub, when the portal waits no longer, then the question is taken back', async () => {
      const stop = new AbortController();
      const takenBack = github.hold().then(async response => {
        stop.abort();
        await once(response, 'close');
      });

      await expect(check({}, { signal: stop.signal })).rejects.toThrow(
        'does not answer',
      );
      await takenBack;
    });
  });

  describe('nothing but the configured GitHub is asked', () => {
    it('given an answer that leads elsewhere, then it is not followed', async () => {
      const elsewhere = await GithubStandIn.start();
      github.refuse(301, {
        location: `${elsewhere.apiBaseUrl}/repositories/1`,
      });

      await expect(check()).resolves.toMatchObject({
        state: 'pending',
        reason: expect.stringContaining('no longer under this name'),
      });
      expect(elsewhere.asked).toEqual([]);
      await elsewhere.stop();
    });

    it('given pages that lead elsewhere, then the next page is asked of the same GitHub', async () => {
      const elsewhere = await GithubStandIn.start();
      github.linksLeadTo = elsewhere.apiBaseUrl;
      for (let i = 0; i < 100; i++) {
        reportRun({ name: `part ${i}`, conclusion: 'success' });
      }
      reportRun({ name: 'last', conclusion: 'failure' });

      await expect(check()).resolves.toMatchObject({
        state: 'failed',
        reason: 'Not green: `last` (failure).',
      });
      expect(elsewhere.asked).toEqual([]);
      await elsewhere.stop();
    });

    it.each([
      'https://evil.test/acme/shop',
      'git@evil.test:acme/shop.git',
      'https://github.test.evil.test/acme/shop',
      'https://github.test:8443/acme/shop',
    ])(
      'given the repository %s, which no integration names, then it says whom to ask',
      async repository => {
        await expect(check({}, { repository })).resolves.toEqual({
          state: 'failed',
          reason: expect.stringContaining('integrations.github'),
          evidence: null,
        });
        expect(github.asked).toEqual([]);
      },
    );

    it('given a repository that is not one of GitHub, then it fails', async () => {
      await expect(
        check({}, { repository: 'https://github.test/group/sub/shop' }),
      ).resolves.toMatchObject({
        state: 'failed',
        reason: expect.stringContaining('not one of GitHub’s'),
      });
    });

    it('given an integration without the place of its API, then it says what to add', async () => {
      await expect(
        check({}, { integration: { apiBaseUrl: undefined } }),
      ).resolves.toMatchObject({
        state: 'failed',
        reason: expect.stringContaining('apiBaseUrl'),
      });
    });
  });
});
