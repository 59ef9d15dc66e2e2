import { once } from 'node:events';
import { createServer, IncomingMessage, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { createMockActionContext } from '@backstage/plugin-scaffolder-node-test-utils';
import { JsonObject } from '@backstage/types';
import {
  PlanReview,
  planReviewSchema,
  Run,
  runSchema,
} from '@slipway/plugin-deployments-common';
import { createPlanAction } from './actions/createPlanAction';
import {
  createDeployAction,
  createPromoteAction,
  createRollbackAction,
} from './actions/createRunActions';
import { createWaitAction } from './actions/createWaitAction';
import {
  createDeploymentsConnector,
  DeploymentsConnector,
} from './createDeploymentsConnector';

const RUN_ID = '6f2c1e0a-2d5b-4c39-9d63-0c1a2b3c4d5e';
const HASH = 'a'.repeat(64);
const ANA = mockCredentials.user('user:default/ana');

const RELEASE = {
  id: '6f2c1e0a-2d5b-4c39-9d63-0c1a2b3c4d52',
  version: '2.14.0',
  commitId: '1'.repeat(40),
};

function createPlan(): PlanReview {
  return planReviewSchema.parse({
    hash: HASH,
    createdAt: '2026-11-20T10:00:00.000Z',
    usualMs: null,
    content: {
      serviceRef: 'component:default/shop',
      environment: 'production',
      operation: 'promote',
      manifest: `sha256:${HASH}`,
      from: null,
      to: RELEASE,
      fromEnvironment: 'staging',
      commits: { direction: 'first', items: [], total: 4 },
      artifacts: [],
      migrations: [
        {
          name: '0042.sql',
          findings: [{ severity: 'blocking', message: 'drops orders.note' }],
        },
      ],
      configuration: [],
      steps: [],
      findings: [{ severity: 'warning', message: 'staging is degraded.' }],
      approvals: { needed: 1, groups: [], selfApproval: false },
      doesNotRevert: [],
    },
    gates: [],
  });
}

function createRun(state: Run['state'], rolledBack = false): Run {
  const no = { allowed: false, reason: 'no' };
  return runSchema.parse({
    id: RUN_ID,
    serviceRef: 'component:default/shop',
    environment: 'production',
    operation: 'promote',
    from: null,
    to: RELEASE,
    state,
    rolledBackTo: rolledBack ? { ...RELEASE, version: '2.13.4' } : null,
    requestedBy: 'user:default/ana',
    trigger: 'automation',
    reason: null,
    createdAt: '2026-11-20T10:00:00.000Z',
    startedAt: null,
    finishedAt: null,
    planHash: HASH,
    steps: [],
    approvals: [],
    gates: [],
    usualMs: null,
    stuck: null,
    may: { approve: no, cancel: no, retry: no, rollback: no, release: no },
  });
}

type Received = { call: string; authorization?: string; body: string };

describe('the scaffolder actions (P1)', () => {
  let server: Server | undefined;

  afterEach(() => {
    server?.close();
  });

  /** A deployments backend that gives prepared answers, in their order, and keeps what it was asked. */
  async function serve(
    ...answers: Array<{ status?: number; body: unknown }>
  ): Promise<{ connect: DeploymentsConnector; received: Received[] }> {
    const received: Received[] = [];
    server = createServer(async (request: IncomingMessage, response) => {
      let body = '';
      for await (const chunk of request) {
        body += chunk;
      }
      received.push({
        call: `${request.method} ${request.url}`,
        authorization: request.headers.authorization,
        body,
      });
      const answer = answers[received.length - 1];
      response.writeHead(answer?.status ?? 200, {
        'Content-Type': 'application/json',
      });
      response.end(JSON.stringify(answer?.body));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return {
      received,
      connect: createDeploymentsConnector({
        auth: mockServices.auth({ pluginId: 'scaffolder' }),
        discovery: mockServices.discovery.mock({
          getBaseUrl: async plugin => `http://127.0.0.1:${port}/api/${plugin}`,
        }),
      }),
    };
  }

  function createContext<TInput extends JsonObject>(input: TInput) {
    return {
      ...createMockActionContext({ input }),
      getInitiatorCredentials: async () => ANA,
    };
  }

  it('given a promotion to plan, then its summary comes out, asked for in the name of who started the task', async () => {
    const { connect, received } = await serve({ body: createPlan() });
    const context = createContext({
      service: 'shop',
      operation: 'promote' as const,
      environment: 'production',
    });

    await createPlanAction({ connect }).handler(context);

    expect(received).toEqual([
      {
        call: 'POST /api/deployments/services/component/default/shop/plans',
        authorization: mockCredentials.service.header({
          onBehalfOf: ANA,
          targetPluginId: 'deployments',
        }),
        body: JSON.stringify({
          operation: 'promote',
          environment: 'production',
        }),
      },
    ]);
    expect(context.output).toHaveBeenCalledWith('planHash', HASH);
    expect(context.output).toHaveBeenCalledWith('toVersion', '2.14.0');
    expect(context.output).toHaveBeenCalledWith('fromVersion', null);
    expect(context.output).toHaveBeenCalledWith('commits', 4);
    expect(context.output).toHaveBeenCalledWith('blocking', [
      'drops orders.note',
    ]);
  });

  it.each([
    [
      'deploy',
      createDeployAction,
      { ref: 'main' },
      { operation: 'deploy', environment: 'production', ref: 'main' },
    ],
    [
      'promote',
      createPromoteAction,
      { fromEnvironment: 'staging' },
      {
        operation: 'promote',
        environment: 'production',
        fromEnvironment: 'staging',
      },
    ],
    [
      'rollback',
      createRollbackAction,
      {},
      { operation: 'rollback', environment: 'production' },
    ],
  ])(
    'given a %s, then it is planned, and exactly that plan is started',
    async (_, create, input, request) => {
      const { connect, received } = await serve(
        { body: createPlan() },
        {
          body: createRun({
            phase: 'waiting-for-approval',
            given: 0,
            needed: 1,
            expiresAt: null,
          }),
        },
      );
      const context = createContext({
        service: 'component:default/shop',
        environment: 'production',
        reason: 'Release week',
        ref: 'main',
        ...input,
      });

      await create({ connect }).handler(context);

      expect(
        received.map(({ call, body }) => [call, JSON.parse(body)]),
      ).toEqual([
        [
          'POST /api/deployments/services/component/default/shop/plans',
          request,
        ],
        [
          'POST /api/deployments/runs',
          { planHash: HASH, reason: 'Release week', trigger: 'automation' },
        ],
      ]);
      expect(context.output).toHaveBeenCalledWith('runId', RUN_ID);
      expect(context.output).toHaveBeenCalledWith('version', '2.14.0');
      expect(context.output).toHaveBeenCalledWith(
        'phase',
        'waiting-for-approval',
      );
    },
  );

  it('given a refusal, then its sentence is what the task shows', async () => {
    const { connect } = await serve({
      status: 403,
      body: {
        error: {
          name: 'NotAllowedError',
          message: 'You need deployments.promote on production. Ask ops.',
        },
        request: {},
        response: { statusCode: 403 },
      },
    });

    await expect(
      createPromoteAction({ connect }).handler(
        createContext({ service: 'shop', environment: 'production' }),
      ),
    ).rejects.toThrow('You need deployments.promote on production. Ask ops.');
  });

  it('given an operation without what it needs, then it is said, and nothing is sent', async () => {
    const { connect, received } = await serve();

    await expect(
      createPlanAction({ connect }).handler(
        createContext({
          service: 'shop',
          operation: 'deploy' as const,
          environment: 'production',
        }),
      ),
    ).rejects.toThrow(/^ref: /);
    expect(received).toEqual([]);
  });

  it('given a name that is no component, then nothing is sent', async () => {
    const { connect, received } = await serve();

    await expect(
      createPromoteAction({ connect }).handler(
        createContext({ service: 'a/b/../c', environment: 'production' }),
      ),
    ).rejects.toThrow(/is not a component/);
    expect(received).toEqual([]);
  });

  describe('deployments:wait', () => {
    const line = (number: number) => ({
      line: number,
      step: 0,
      at: '2026-11-20T10:00:00.000Z',
      stream: 'stdout',
      text: `line ${number}`,
    });
    const running = createRun({ phase: 'running', step: 1, steps: 2 });

    it('given a run that succeeds, then its log is shown once, line by line', async () => {
      const { connect, received } = await serve(
        { body: running },
        { body: { lines: [line(1)], total: 1, finished: false } },
        { body: createRun({ phase: 'succeeded' }) },
        { body: { lines: [line(2)], total: 3, finished: true } },
        { body: { lines: [line(3)], total: 3, finished: true } },
      );
      const context = createContext({ runId: RUN_ID });
      const info = jest.spyOn(context.logger, 'info');

      await createWaitAction({ connect }).handler(context);

      expect(info.mock.calls.map(([text]) => text)).toEqual([
        'line 1',
        'line 2',
        'line 3',
      ]);
      expect(received.map(({ call }) => call)).toEqual([
        `GET /api/deployments/runs/${RUN_ID}/wait?timeoutMs=10000`,
        `GET /api/deployments/runs/${RUN_ID}/log?after=0`,
        `GET /api/deployments/runs/${RUN_ID}/wait?timeoutMs=10000`,
        `GET /api/deployments/runs/${RUN_ID}/log?after=1`,
        `GET /api/deployments/runs/${RUN_ID}/log?after=2`,
      ]);
      expect(context.output).toHaveBeenCalledWith('phase', 'succeeded');
    });

    it.each([
      [
        createRun(
          { phase: 'failed', problem: { message: 'answers 500.' } },
          true,
        ),
        /failed: answers 500\. 2\.13\.4 serves again\.$/,
      ],
      [
        createRun({ phase: 'cancelled', by: 'user:default/raj' }),
        /was cancelled by user:default\/raj/,
      ],
      [
        createRun({
          phase: 'rejected',
          by: 'user:default/raj',
          reason: 'Not on a Friday',
        }),
        /was rejected by user:default\/raj: Not on a Friday/,
      ],
    ])(
      'given a run that did not succeed, then the task fails with why (%#)',
      async (run, message) => {
        const { connect } = await serve(
          { body: run },
          { body: { lines: [], total: 0, finished: true } },
        );

        await expect(
          createWaitAction({ connect }).handler(
            createContext({ runId: RUN_ID, timeoutMinutes: 5 }),
          ),
        ).rejects.toThrow(message);
      },
    );

    it('given a run that takes longer than one waits, then the task says that it goes on', async () => {
      const { connect } = await serve(
        { body: running },
        { body: { lines: [], total: 0, finished: false } },
      );

      await expect(
        createWaitAction({ connect }).handler(
          createContext({ runId: RUN_ID, timeoutMinutes: 1e-9 }),
        ),
      ).rejects.toThrow(/is still running after .* it goes on without/);
    });
  });
});
