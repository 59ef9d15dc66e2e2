import {
  createMockDirectory,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { NotAllowedError } from '@backstage/errors';
import { JsonObject } from '@backstage/types';
import {
  DeploymentsClient,
  EnvironmentState,
  PlanRequest,
  Run,
} from '@slipway/plugin-deployments-common';
import { createGitRepository } from '../__testUtils__/createGitRepository';
import {
  createComponent,
  createManifest,
  manifestUrlOf,
  Policy,
  REVIEWERS,
  serviceRefOf,
  startPortal,
} from '../__testUtils__/startPortal';

jest.setTimeout(60_000);

const SHOP = serviceRefOf('shop');

const PROMOTE: PlanRequest = {
  operation: 'promote',
  environment: 'production',
};

const ALWAYS = {
  name: 'Always',
  reason: 'Release week.',
  cron: '0 0 * * *',
  timeZone: 'UTC',
  duration: '30d',
};

const TICKET = 'https://tickets.test/shop/1.0.0';

/** Ana develops, Lea is on call and may let runs pass, Raj reviews. */
const POLICY: Policy = ({ user, permission }) => {
  switch (user) {
    case 'user:default/ana':
      return !permission.endsWith('.override');
    case 'user:default/lea':
      return true;
    default:
      return ['deployments.read', 'deployments.approve'].includes(permission);
  }
};

const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_15'] });

describe.each(databases.eachSupportedId())(
  'gates through the service on %s (P6, A2.1)',
  databaseId => {
    const directory = createMockDirectory();
    let stop: (() => Promise<unknown>) | undefined;

    afterEach(async () => {
      await stop?.();
    });

    /** A portal where 1.0.0 runs in staging. */
    async function start(options: {
      protection: JsonObject;
      deployments?: JsonObject;
    }) {
      directory.clear();
      const repository = createGitRepository(directory.resolve('shop'));
      repository.commit('First', { 'README.md': 'Needs LOG_LEVEL.' }, 'v1.0.0');
      const files = new Map<string, string | Error>([
        [
          manifestUrlOf('shop'),
          createManifest({ repository: repository.url, ...options }),
        ],
      ]);
      const portal = await startPortal({
        knex: await databases.init(databaseId),
        workDirectory: directory.resolve('work'),
        entities: [createComponent('shop')],
        files,
        policy: POLICY,
        deployments: options.deployments,
      });
      stop = () => portal.stop();
      const ana = portal.as('user:default/ana');
      const { id } = await begin(ana, {
        operation: 'deploy',
        environment: 'staging',
        ref: 'v1.0.0',
      });
      await ana.waitForRun(id, 30_000);
      return {
        ...portal,
        files,
        ana,
        lea: portal.as('user:default/lea'),
        raj: portal.as('user:default/raj'),
        /** A program that acts for Lea. */
        agent: portal.as('user:default/lea', {
          actor: { subject: 'plugin:mcp-actions' },
        }),
      };
    }

    it('given a frozen environment, then its page, the plan and the run say so, and the run goes once a person who may lets it pass', async () => {
      const { ana, lea, raj, audited } = await start({
        protection: { freezes: [ALWAYS] },
      });

      await expect(readProduction(ana)).resolves.toMatchObject({
        freezes: [{ name: 'Always', reason: 'Release week.' }],
      });
      await expect(ana.createPlan(SHOP, PROMOTE)).resolves.toMatchObject({
        content: { gates: [{ id: 'freeze:Always' }] },
        gates: [{ id: 'freeze:Always', state: 'waiting' }],
      });
      const run = await hold(ana, await begin(ana, PROMOTE));
      await expect(readProduction(ana)).resolves.toMatchObject({
        waiting: [{ id: run.id }],
        queue: [],
      });
      const override = {
        gateId: 'freeze:Always',
        planHash: run.planHash,
        reason: 'The shop is down',
      };
      for (const person of [ana, raj]) {
        await expect(
          person.overrideGate(run.id, override),
        ).rejects.toMatchObject(
          refusal(403, /deployments\.freeze\.override on production/),
        );
      }

      await lea.overrideGate(run.id, override);

      await expect(ana.waitForRun(run.id, 30_000)).resolves.toMatchObject({
        state: { phase: 'succeeded' },
        gates: [
          {
            state: 'overridden',
            decision: {
              by: 'user:default/lea',
              reason: 'The shop is down',
            },
          },
        ],
      });
      expect(audited).toContainEqual(
        expect.objectContaining({
          eventId: 'gate-override',
          severityLevel: 'high',
          outcome: 'succeeded',
          meta: expect.objectContaining({
            by: 'user:default/lea',
            runId: run.id,
            gateId: 'freeze:Always',
            reason: 'The shop is down',
          }),
        }),
      );
      expect(audited).toContainEqual(
        expect.objectContaining({
          eventId: 'gate-override',
          outcome: 'NotAllowedError',
        }),
      );
    });

    it('given the person who asked, then they cannot let their own run pass', async () => {
      const { lea } = await start({
        protection: { freezes: [ALWAYS] },
      });
      const run = await hold(lea, await begin(lea, PROMOTE));

      await expect(
        lea.overrideGate(run.id, {
          gateId: 'freeze:Always',
          planHash: run.planHash,
          reason: 'I want to',
        }),
      ).rejects.toMatchObject(
        refusal(403, 'Another person must let your run pass.'),
      );
      expect(run.gates).toMatchObject([
        { may: { override: { allowed: false }, tick: null } },
      ]);
    });

    it('given a program that acts for a person who may, then it can neither approve nor reject, tick nor let a run pass', async () => {
      const { ana, lea, agent } = await start({
        protection: {
          approvals: 1,
          freezes: [ALWAYS],
          checklist: [{ id: 'told', title: 'Operations are told' }],
        },
      });
      const { id, planHash } = await begin(ana, PROMOTE);
      for (;;) {
        const { gates } = await agent.getRun(id);
        if (gates.every(({ checkedAt }) => checkedAt !== null)) {
          break;
        }
      }
      const reason = 'The shop is down';
      const tick = { gateId: 'checklist:told', planHash, ticked: true };
      const override = { gateId: 'freeze:Always', planHash, reason };

      await expect(
        agent.decideRun(id, { decision: 'approved', planHash }),
      ).rejects.toMatchObject(refusal(403, 'Only a person can approve.'));
      await expect(
        agent.decideRun(id, { decision: 'rejected', planHash, reason }),
      ).rejects.toMatchObject(refusal(403, 'Only a person can approve.'));
      await expect(agent.tickGate(id, tick)).rejects.toMatchObject(
        refusal(403, 'Only a person can tick it.'),
      );
      await expect(agent.overrideGate(id, override)).rejects.toMatchObject(
        refusal(403, 'Only a person can let a run pass.'),
      );

      await lea.overrideGate(id, override);
      await lea.tickGate(id, tick);
      await lea.decideRun(id, { decision: 'approved', planHash });
      await expect(ana.waitForRun(id, 30_000)).resolves.toMatchObject({
        state: { phase: 'succeeded' },
        approvals: [{ by: 'user:default/lea', decision: 'approved' }],
      });
    });

    it('given items for people, then whoever may promote ticks them, nobody else does, and a tick can be taken back until the run begins', async () => {
      const { ana, raj, audited } = await start({
        protection: {
          checklist: [
            'migrations-tested',
            'secrets-configured',
            'health-verified',
            'rollback-possible',
            { id: 'told', title: 'Operations are told' },
            { id: 'dry', title: 'A dry run was done' },
          ],
        },
      });
      const run = await hold(ana, await begin(ana, PROMOTE));
      expect(run.gates.map(({ id, state }) => `${id} ${state}`)).toEqual([
        'checklist:migrations-tested open',
        'checklist:secrets-configured open',
        'checklist:health-verified open',
        'checklist:rollback-possible open',
        'checklist:told waiting',
        'checklist:dry waiting',
      ]);
      const tick = (gateId: string, ticked = true) => ({
        gateId,
        planHash: run.planHash,
        ticked,
      });

      await expect(
        raj.tickGate(run.id, tick('checklist:told')),
      ).rejects.toMatchObject(
        refusal(403, /deployments\.promote on production/),
      );
      await expect(
        ana.tickGate(run.id, tick('checklist:health-verified')),
      ).rejects.toMatchObject(
        refusal(400, 'This is nothing that a person ticks.'),
      );
      await expect(
        ana.tickGate(run.id, {
          ...tick('checklist:told'),
          planHash: 'f'.repeat(64) as Run['planHash'],
        }),
      ).rejects.toMatchObject(refusal(409, /Review again/));
      await ana.tickGate(run.id, tick('checklist:told'));
      await ana.tickGate(run.id, tick('checklist:told', false));
      await ana.tickGate(run.id, tick('checklist:dry'));
      await expect(ana.getRun(run.id)).resolves.toMatchObject({
        state: { holding: [{ id: 'checklist:told' }] },
      });
      await ana.tickGate(run.id, tick('checklist:told'));

      await expect(ana.waitForRun(run.id, 30_000)).resolves.toMatchObject({
        state: { phase: 'succeeded' },
      });
      await expect(
        ana.tickGate(run.id, tick('checklist:told', false)),
      ).rejects.toMatchObject(refusal(409, /has begun/));
      expect(
        audited.filter(({ eventId }) => eventId === 'gate-tick'),
      ).toHaveLength(8);
    });

    it('given a required check, then the plan has the same hash whatever its answer is, and a host that is not allowed is not asked', async () => {
      const { ana, files } = await start({
        protection: {
          checks: [
            {
              name: 'Change ticket',
              kind: 'http',
              parameters: {
                url: 'https://tickets.test/shop/{version}',
                field: 'status',
                equals: 'approved',
              },
            },
            {
              name: 'Elsewhere',
              kind: 'http',
              parameters: { url: 'http://169.254.169.254/latest/meta-data' },
            },
          ],
        },
      });
      files.set(
        'http://169.254.169.254/latest/meta-data',
        new NotAllowedError('Reading from it is not allowed'),
      );
      files.set(TICKET, '{"status":"open"}');

      const before = await ana.createPlan(SHOP, PROMOTE);
      expect(before.gates).toMatchObject([
        {
          id: 'check:Change ticket',
          state: 'blocked',
          reason: '`status` in the answer of tickets.test is not `approved`.',
          evidence: { url: TICKET },
        },
        {
          id: 'check:Elsewhere',
          state: 'blocked',
          reason: expect.stringContaining('may not be asked'),
        },
      ]);
      files.set(TICKET, '{"status":"approved"}');

      await expect(ana.createPlan(SHOP, PROMOTE)).resolves.toMatchObject({
        hash: before.hash,
      });
    });

    it('given quorums and what app-config asks for, then the claims of those who approve decide, and the manifest cannot go below', async () => {
      const { ana, lea, raj } = await start({
        protection: {},
        deployments: {
          minimumProtection: [
            {
              environments: ['production'],
              approvals: 2,
              approvers: [{ group: REVIEWERS, quorum: 1 }, 'ops'],
              approvalExpiry: '3d',
              checklist: [{ id: 'told', title: 'Operations are told' }],
            },
          ],
        },
      });
      const run = await begin(ana, PROMOTE);

      expect(run).toMatchObject({
        state: { phase: 'waiting-for-approval', given: 0, needed: 2 },
        gates: [
          { id: 'approval' },
          { id: `approval:${REVIEWERS}` },
          { id: 'checklist:told' },
        ],
      });
      await expect(
        lea.decideRun(run.id, { decision: 'approved', planHash: run.planHash }),
      ).rejects.toMatchObject(refusal(403, /Only members of/));
      await expect(
        raj.decideRun(run.id, { decision: 'approved', planHash: run.planHash }),
      ).resolves.toMatchObject({
        state: { given: 1, needed: 2 },
        approvals: [{ groups: [REVIEWERS] }],
      });
    });

    it('given a freeze, then a rollback is not held', async () => {
      const { ana, lea, target } = await start({
        protection: { freezes: [ALWAYS] },
      });
      const first = await hold(ana, await begin(ana, PROMOTE));
      await lea.overrideGate(first.id, {
        gateId: 'freeze:Always',
        planHash: first.planHash,
        reason: 'The first one',
      });
      await ana.waitForRun(first.id, 30_000);
      target.placeOf(SHOP, 'production').health = 'unhealthy';

      const back = await begin(ana, {
        operation: 'rollback',
        environment: 'production',
        releaseId: first.to.id,
      });

      expect(back.gates).toEqual([]);
      const { state } = await ana.waitForRun(back.id, 30_000);
      expect(state.phase).not.toBe('waiting-for-gates');
    });
  },
);

async function begin(
  api: DeploymentsClient,
  request: PlanRequest,
): Promise<Run> {
  const { hash } = await api.createPlan(SHOP, request);
  return api.startRun({ planHash: hash });
}

/** The run, once its gates were looked at; the test's own time limit ends it. */
async function hold(api: DeploymentsClient, { id }: Run): Promise<Run> {
  for (;;) {
    const run = await api.getRun(id);
    if (run.state.phase === 'waiting-for-gates' && run.state.holding.length) {
      return run;
    }
  }
}

async function readProduction(
  api: DeploymentsClient,
): Promise<EnvironmentState | undefined> {
  const { environments } = await api.getService(SHOP);
  return environments.find(({ name }) => name === 'production');
}

function refusal(statusCode: number, message: string | RegExp): object {
  return {
    statusCode,
    body: {
      error: {
        message:
          typeof message === 'string'
            ? message
            : expect.stringMatching(message),
      },
    },
  };
}
