import { readFile } from 'node:fs/promises';
import { createServer, request as forward } from 'node:http';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import {
  createMockDirectory,
  mockCredentials,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { wrapServer } from '@backstage/backend-openapi-utils/testUtils';
import { JsonObject } from '@backstage/types';
import { Run, runSchema } from '@slipway/plugin-deployments-common';
import express from 'express';
import request from 'supertest';
import { parse } from 'yaml';
import { createGitRepository } from '../__testUtils__/createGitRepository';
import {
  createComponent,
  createManifest,
  manifestUrlOf,
  startPortal,
} from '../__testUtils__/startPortal';

jest.setTimeout(60_000);

const BASE = '/api/deployments';
const SHOP = `${BASE}/services/component/default/shop`;
const HASH = '0'.repeat(64);
const RUN = '6f2c1e0a-2d5b-4c39-9d63-0c1a2b3c4d5e';

/** Hands every request on to the portal, so that what passes can be held against the OpenAPI document. */
function createForwarder(baseUrl: string): express.Express {
  const { port, pathname } = new URL(baseUrl);
  const app = express();
  app.use((incoming, outgoing) => {
    const path =
      incoming.url === '/openapi.json'
        ? `${pathname}/openapi.json`
        : incoming.url;
    const { method, headers } = incoming;
    const upstream = forward({ port, path, method, headers }, answer => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(upstream);
  });
  return Object.assign(app, {
    listen: (ownPort: number) => createServer(app).listen(ownPort, '127.0.0.1'),
  });
}

describe('the REST API', () => {
  const directory = createMockDirectory();
  const databases = TestDatabases.create({ ids: ['SQLITE_3'] });
  let portal: Awaited<ReturnType<typeof startPortal>>;
  let files: Map<string, string | Error>;
  let api: Awaited<ReturnType<typeof wrapServer>>;

  beforeAll(async () => {
    const repository = createGitRepository(directory.resolve('shop'));
    repository.commit('First', {}, 'v1.0.0');
    const manifest = createManifest({
      repository: repository.url,
      protection: {
        approvals: 1,
        selfApproval: true,
        freezes: [
          {
            name: 'Always',
            reason: 'Release week.',
            cron: '0 0 * * *',
            timeZone: 'UTC',
            duration: '30d',
          },
        ],
        checklist: [
          'rollback-possible',
          { id: 'told', title: 'Operations are told' },
        ],
      },
    });
    const manifests = new Map<string, string | Error>([
      ['shop', manifest],
      ['second', manifest],
      ['third', manifest],
      ['empty', manifest],
      ['broken', 'environments: 1'],
      ['unread', new Error('connect ECONNREFUSED')],
      ['gone', createManifest({ repository: `${repository.url}-gone` })],
    ]);
    files = new Map(
      [...manifests].map(([name, text]) => [manifestUrlOf(name), text]),
    );
    portal = await startPortal({
      knex: await databases.init('SQLITE_3'),
      workDirectory: directory.resolve('work'),
      entities: [...manifests.keys()].map(createComponent),
      files,
      policy: ({ user }) => user !== 'user:default/gus',
    });
    api = await wrapServer(createForwarder(portal.baseUrl));
  });

  afterAll(async () => {
    await portal.stop();
  });

  it('given a request of each kind, then it and its answer are as the OpenAPI document says', async () => {
    const agent = request(api);
    const plan = (operation: object) =>
      agent.post(`${SHOP}/plans`).send(operation).expect(200);
    const start = (planHash: string) =>
      agent.post(`${BASE}/runs`).send({ planHash, reason: 'why' }).expect(200);
    const follow = (id: string) =>
      agent.get(`${BASE}/runs/${id}/wait?timeoutMs=30000`).expect(200);

    /** A run, once it is as told. */
    const until = async (url: string, isReached: (body: Run) => boolean) => {
      for (;;) {
        const { body } = await agent.get(url).expect(200);
        if (isReached(runSchema.parse(body))) {
          return;
        }
      }
    };

    const deploy = await plan({
      operation: 'deploy',
      environment: 'staging',
      ref: 'main',
    });
    await agent.get(`${BASE}/plans/${deploy.body.hash}`).expect(200);
    const deployed = await start(deploy.body.hash);
    await follow(deployed.body.id);
    await agent
      .get(`${BASE}/runs/${deployed.body.id}/log?after=0&limit=10`)
      .expect(200);

    const promote = await plan({
      operation: 'promote',
      environment: 'production',
    });
    const promoted = await start(promote.body.hash);
    expect(promoted.body.state.phase).toBe('waiting-for-approval');
    for (const scope of ['mine', 'asked', 'done']) {
      await agent.get(`${BASE}/approvals?scope=${scope}`).expect(200);
    }
    await agent
      .post(`${BASE}/runs/${promoted.body.id}/approvals`)
      .send({ decision: 'approved', planHash: promote.body.hash })
      .expect(200);
    await agent
      .post(`${BASE}/runs/${promoted.body.id}/ticks`)
      .send({
        gateId: 'checklist:told',
        planHash: promote.body.hash,
        ticked: true,
      })
      .expect(200);
    await until(
      `${BASE}/runs/${promoted.body.id}`,
      ({ state }) =>
        state.phase === 'waiting-for-gates' && state.holding.length === 1,
    );
    await agent.get(SHOP).expect(200);
    await agent
      .post(`${BASE}/runs/${promoted.body.id}/overrides`)
      .send({
        gateId: 'freeze:Always',
        planHash: promote.body.hash,
        reason: 'The shop is down',
        expiresAt: '2100-01-01T00:00:00.000Z',
      })
      .expect(200);
    const ended = await follow(promoted.body.id);
    expect(runSchema.parse(ended.body).state.phase).toBe('succeeded');

    await agent.post(`${BASE}/runs/${promoted.body.id}/cancel`).expect(409);

    const state = await agent.get(SHOP).expect(200);
    expect(state.body.environments).toHaveLength(2);
    await agent.get(`${SHOP}/releases`).expect(200);
    await agent
      .get(
        `${SHOP}/runs?environment=production&phases=succeeded,failed&operation=promote&limit=1`,
      )
      .expect(200)
      .expect(({ body }) => expect(body.total).toBe(1));
    await agent
      .get(`${SHOP}/requesters`)
      .expect(200)
      .expect(({ body }) => expect(body).toEqual(['user:default/mock']));
    await agent
      .get(`${BASE}/services/component/default/broken`)
      .expect(200)
      .expect(({ body }) => expect(body.manifest.status).toBe('invalid'));
    await agent.get(`${BASE}/manifest.schema.json`).expect(200);

    const held = await agent
      .post(`${SHOP}/environments/staging/hold`)
      .send({ reason: 'load test' })
      .expect(200);
    await agent.get(SHOP).expect(200);
    await agent
      .post(`${SHOP}/environments/staging/hold/release`)
      .send({ at: held.body.at })
      .expect(200);
  });

  it.each([
    [
      'an unknown operation',
      'post',
      `${SHOP}/plans`,
      { operation: 'destroy', environment: 'staging' },
      400,
    ],
    [
      'a deploy without a ref',
      'post',
      `${SHOP}/plans`,
      { operation: 'deploy', environment: 'staging' },
      400,
    ],
    [
      'a member too many',
      'post',
      `${SHOP}/plans`,
      { operation: 'promote', environment: 'production', force: true },
      400,
    ],
    ['no body', 'post', `${BASE}/runs`, {}, 400],
    ['a hash that is none', 'post', `${BASE}/runs`, { planHash: 'x' }, 400],
    [
      'a plan that is not there',
      'post',
      `${BASE}/runs`,
      { planHash: HASH },
      404,
    ],
    [
      'a plan that is not there',
      'get',
      `${BASE}/plans/${HASH}`,
      undefined,
      404,
    ],
    ['a run that is not there', 'get', `${BASE}/runs/${RUN}`, undefined, 404],
    [
      'a run id that is none',
      'get',
      `${BASE}/runs/1%20or%201=1`,
      undefined,
      400,
    ],
    [
      'a log that is not there',
      'get',
      `${BASE}/runs/${RUN}/log`,
      undefined,
      404,
    ],
    [
      'a line that is none',
      'get',
      `${BASE}/runs/${RUN}/log?after=-1`,
      undefined,
      400,
    ],
    [
      'too long a wait',
      'get',
      `${BASE}/runs/${RUN}/wait?timeoutMs=999999`,
      undefined,
      400,
    ],
    [
      'a phase that is none',
      'get',
      `${SHOP}/runs?phases=dancing`,
      undefined,
      400,
    ],
    [
      'a time that is none',
      'get',
      `${SHOP}/runs?from=yesterday`,
      undefined,
      400,
    ],
    ['too many at once', 'get', `${SHOP}/runs?limit=5000`, undefined, 400],
    [
      'a cursor of somewhere else',
      'get',
      `${SHOP}/runs?cursor=abc`,
      undefined,
      400,
    ],
    [
      'a parameter that is unknown',
      'get',
      `${SHOP}/runs?drop=table`,
      undefined,
      400,
    ],
    [
      'a scope that is none',
      'get',
      `${BASE}/approvals?scope=all`,
      undefined,
      400,
    ],
    [
      'a service that is not there',
      'get',
      `${BASE}/services/component/default/nowhere`,
      undefined,
      404,
    ],
    [
      'a name that is none',
      'get',
      `${BASE}/services/component/default/a%23production`,
      undefined,
      400,
    ],
    [
      'a tick that is neither',
      'post',
      `${BASE}/runs/${RUN}/ticks`,
      { gateId: 'soak', planHash: HASH },
      400,
    ],
    [
      'an override without a reason',
      'post',
      `${BASE}/runs/${RUN}/overrides`,
      { gateId: 'soak', planHash: HASH, reason: '' },
      400,
    ],
    [
      'an override until no time at all',
      'post',
      `${BASE}/runs/${RUN}/overrides`,
      { gateId: 'soak', planHash: HASH, reason: 'x', expiresAt: 'soon' },
      400,
    ],
    [
      'a hold without a reason',
      'post',
      `${SHOP}/environments/staging/hold`,
      { reason: '' },
      400,
    ],
    [
      'a hold of something that is no environment',
      'post',
      `${SHOP}/environments/Staging/hold`,
      { reason: 'load test' },
      400,
    ],
    [
      'a release of no moment',
      'post',
      `${SHOP}/environments/staging/hold/release`,
      { at: 'now' },
      400,
    ],
    [
      'a run that nothing sets going',
      'post',
      `${BASE}/runs`,
      { planHash: HASH, trigger: 'the moon' },
      400,
    ],
    [
      'a body that is too large',
      'post',
      `${SHOP}/plans`,
      { operation: 'deploy', environment: 'staging', ref: 'x'.repeat(200_000) },
      413,
    ],
    [
      'a rejection without a reason',
      'post',
      `${BASE}/runs/${RUN}/approvals`,
      { decision: 'rejected', planHash: HASH },
      400,
    ],
  ] as const)(
    'given %s (%s %s), then it is refused with a sentence',
    async (_, method, path, body, status) => {
      const answer = await fetch(new URL(path, portal.baseUrl), {
        method,
        headers: { 'Content-Type': 'application/json' },
        body: body && JSON.stringify(body),
      });

      expect(answer.status).toBe(status);
      expect(await answer.json()).toMatchObject({
        error: { message: expect.stringMatching(/.{8}/) },
      });
    },
  );

  it('given requests that cannot be done now, or not by this person, then each status is one that the OpenAPI document has for it', async () => {
    const { paths } = parse(
      await readFile(
        resolvePackagePath(
          '@slipway/plugin-deployments-backend',
          'src/schema/openapi.yaml',
        ),
        'utf8',
      ),
    );
    const agent = request(api);
    const serviceOf = (name: string) =>
      `${BASE}/services/component/default/${name}`;
    const deploy = { operation: 'deploy', environment: 'staging', ref: 'main' };
    const promote = { operation: 'promote', environment: 'production' };
    const plan = await agent.post(`${serviceOf('third')}/plans`).send(deploy);
    const start = { planHash: plan.body.hash };
    const run = await agent.post(`${BASE}/runs`).send(start);
    const ofRun = `${BASE}/runs/${run.body.id}`;
    const noRun = `${BASE}/runs/${RUN}`;
    await agent.get(`${ofRun}/wait?timeoutMs=30000`).expect(200);
    const yes = { decision: 'approved', planHash: plan.body.hash };

    const gate = { gateId: 'checklist:told', planHash: plan.body.hash };
    const tick = { ...gate, ticked: true };
    const override = { ...gate, reason: 'urgent' };
    const hold = (name: string) =>
      `${serviceOf(name)}/environments/staging/hold`;
    const release = (name: string) => `${hold(name)}/release`;
    const reason = { reason: 'load test' };
    const seen = { at: '2026-11-21T10:00:00.000Z' };
    await agent.post(hold('second')).send(reason).expect(200);
    const refusals: Array<
      [number, string, 'get' | 'post', string, object?, 'by gus'?]
    > = [
      [404, 'getService', 'get', serviceOf('nowhere')],
      [404, 'listReleases', 'get', `${serviceOf('nowhere')}/releases`],
      [
        403,
        'listReleases',
        'get',
        `${serviceOf('third')}/releases`,
        undefined,
        'by gus',
      ],
      [404, 'listRuns', 'get', `${serviceOf('nowhere')}/runs`],
      [
        403,
        'listRuns',
        'get',
        `${serviceOf('third')}/runs`,
        undefined,
        'by gus',
      ],
      [
        403,
        'listRequesters',
        'get',
        `${serviceOf('third')}/requesters`,
        undefined,
        'by gus',
      ],
      [
        403,
        'createPlan',
        'post',
        `${serviceOf('third')}/plans`,
        deploy,
        'by gus',
      ],
      [404, 'createPlan', 'post', `${serviceOf('broken')}/plans`, deploy],
      [409, 'createPlan', 'post', `${serviceOf('empty')}/plans`, promote],
      [503, 'createPlan', 'post', `${serviceOf('unread')}/plans`, deploy],
      [503, 'createPlan', 'post', `${serviceOf('gone')}/plans`, deploy],
      [
        403,
        'getPlan',
        'get',
        `${BASE}/plans/${start.planHash}`,
        undefined,
        'by gus',
      ],
      [404, 'getPlan', 'get', `${BASE}/plans/${HASH}`],
      [403, 'startRun', 'post', `${BASE}/runs`, start, 'by gus'],
      [404, 'startRun', 'post', `${BASE}/runs`, { planHash: HASH }],
      [409, 'startRun', 'post', `${BASE}/runs`, start],
      [403, 'getRun', 'get', ofRun, undefined, 'by gus'],
      [404, 'getRun', 'get', noRun],
      [
        403,
        'waitForRun',
        'get',
        `${ofRun}/wait?timeoutMs=0`,
        undefined,
        'by gus',
      ],
      [404, 'waitForRun', 'get', `${noRun}/wait?timeoutMs=0`],
      [403, 'cancelRun', 'post', `${ofRun}/cancel`, undefined, 'by gus'],
      [404, 'cancelRun', 'post', `${noRun}/cancel`],
      [409, 'cancelRun', 'post', `${ofRun}/cancel`],
      [403, 'decideRun', 'post', `${ofRun}/approvals`, yes, 'by gus'],
      [404, 'decideRun', 'post', `${noRun}/approvals`, yes],
      [409, 'decideRun', 'post', `${ofRun}/approvals`, yes],
      [403, 'tickGate', 'post', `${ofRun}/ticks`, tick, 'by gus'],
      [404, 'tickGate', 'post', `${noRun}/ticks`, tick],
      [409, 'tickGate', 'post', `${ofRun}/ticks`, tick],
      [403, 'overrideGate', 'post', `${ofRun}/overrides`, override, 'by gus'],
      [404, 'overrideGate', 'post', `${noRun}/overrides`, override],
      [409, 'overrideGate', 'post', `${ofRun}/overrides`, override],
      [403, 'releaseRun', 'post', `${ofRun}/release`, reason, 'by gus'],
      [404, 'releaseRun', 'post', `${noRun}/release`, reason],
      [409, 'releaseRun', 'post', `${ofRun}/release`, reason],
      [403, 'holdEnvironment', 'post', hold('second'), reason, 'by gus'],
      [404, 'holdEnvironment', 'post', hold('nowhere'), reason],
      [409, 'holdEnvironment', 'post', hold('second'), reason],
      [403, 'releaseHold', 'post', release('second'), seen, 'by gus'],
      [404, 'releaseHold', 'post', release('nowhere'), seen],
      [409, 'releaseHold', 'post', release('second'), seen],
      [403, 'getLog', 'get', `${ofRun}/log`, undefined, 'by gus'],
      [404, 'getLog', 'get', `${noRun}/log`],
      [403, 'streamLog', 'get', `${ofRun}/log/stream`, undefined, 'by gus'],
      [404, 'streamLog', 'get', `${noRun}/log/stream`],
      [404, 'listRequesters', 'get', `${serviceOf('nowhere')}/requesters`],
    ];
    const tried: string[] = [];
    const refuse = async (refusal: (typeof refusals)[number]) => {
      const [status, operationId, method, url, body, by] = refusal;
      // What streams can't be held against the document.
      const server =
        operationId === 'streamLog' ? new URL(portal.baseUrl).origin : api;
      const user = by ? 'user:default/gus' : 'user:default/ana';
      const answer = await request(server)
        [method](url)
        .set('Authorization', mockCredentials.user.header(user))
        .send(body);
      expect([operationId, url, answer.status]).toEqual([
        operationId,
        url,
        status,
      ]);
      expect(answer.body.error.message).toMatch(/.{8}/);
      tried.push(`${status} ${operationId}`);
    };
    for (const refusal of refusals) {
      await refuse(refusal);
    }
    files.set(manifestUrlOf('third'), new Error('connect ECONNREFUSED'));
    await refuse([503, 'startRun', 'post', `${BASE}/runs`, start]);

    const documented = Object.values<Record<string, JsonObject>>(paths)
      .flatMap(operations => Object.values(operations))
      .flatMap(({ operationId, responses }) =>
        Object.keys(responses ?? {}).map(status => `${status} ${operationId}`),
      );
    expect(new Set(tried)).toEqual(
      new Set(documented.filter(entry => /^(403|404|409|503)/.test(entry))),
    );
  });

  it('given a stream that broke off, when it is opened again, then it goes on after the last event', async () => {
    const agent = request(portal.baseUrl);
    const plan = await agent
      .post('/services/component/default/second/plans')
      .send({ operation: 'deploy', environment: 'staging', ref: 'main' });
    const run = await agent.post('/runs').send({ planHash: plan.body.hash });
    await agent.get(`/runs/${run.body.id}/wait?timeoutMs=30000`).expect(200);
    const stream = `/runs/${run.body.id}/log/stream`;

    const whole = await agent.get(stream).buffer(true).expect(200);
    const [id] = /(?<=^id: )\d+$/m.exec(whole.text) ?? [];
    expect(Number(id)).toBeGreaterThan(1);
    const rest = await agent
      .get(`${stream}?after=0`)
      .set('Last-Event-ID', String(Number(id) - 1))
      .buffer(true)
      .expect(200);
    expect(rest.text).toMatch(
      new RegExp(`^event: log\nid: ${id}\ndata: \\[\\{"line":${id},`),
    );
    expect(rest.text.endsWith('event: end\ndata: {}\n\n')).toBe(true);
  });

  it('given a guest, then the answer is a 403 that names what is wanting', async () => {
    await request(portal.baseUrl)
      .post('/services/component/default/shop/plans')
      .set('Authorization', mockCredentials.user.header('user:default/gus'))
      .send({ operation: 'deploy', environment: 'staging', ref: 'main' })
      .expect(403)
      .expect(({ body }) =>
        expect(body.error.message).toContain('deployments.deploy on staging'),
      );
  });

  it('given nobody, then the JSON Schema of the manifest is served to editors, and nothing else', async () => {
    const nobody = mockCredentials.none.header();
    const agent = request(portal.baseUrl);

    await agent
      .get('/manifest.schema.json')
      .set('Authorization', nobody)
      .expect(200)
      .expect(({ body }) => expect(body.title).toBe('Deployment manifest'));
    for (const path of [
      '/services/component/default/shop',
      '/approvals?scope=mine',
      `/runs/${RUN}/log/stream`,
    ]) {
      await agent.get(path).set('Authorization', nobody).expect(401);
    }
  });
});
