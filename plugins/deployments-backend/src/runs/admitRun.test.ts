import { RunId } from '@slipway/plugin-deployments-common';
import { InputError } from '@backstage/errors';
import { createTestDatabases } from '../__testUtils__/createTestDatabases';
import { Gate } from '../__testUtils__/Gate';
import { EVE, RAJ, Runs, startRuns } from '../__testUtils__/startRuns';
import { migrateDatabase } from '../stores';

jest.setTimeout(60_000);

const databases = createTestDatabases();

describe.each(databases.eachSupportedId())(
  'a plan that went stale on %s',
  databaseId => {
    async function start(): Promise<Runs> {
      const knex = await databases.init(databaseId);
      await migrateDatabase(knex);
      return startRuns({ knex });
    }

    /** Asks for 1.1.0 while 1.0.0 holds the environment. */
    async function askBehindAnother(runs: Runs) {
      const gate = new Gate();
      runs.target.before('upload', ({ release }) =>
        release.version === '1.0.0' ? gate.pass() : Promise.resolve(),
      );
      const first = await runs.deploy({ version: '1.0.0' });
      await gate.reached;
      const plan = await runs.plan({ version: '1.1.0' });
      const runId = await runs.controller.start({ plan, requestedBy: EVE });
      return { first, runId, plan, letGo: () => gate.open() };
    }

    it('given that only the start and the commits differ, and no approval is needed, then the run goes on from there and says so', async () => {
      const runs = await start();
      const { runId, plan, letGo } = await askBehindAnother(runs);

      letGo();
      const run = await runs.end(runId);

      expect(run).toMatchObject({
        state: { phase: 'succeeded' },
        from: { version: '1.0.0' },
      });
      expect(run.planHash).not.toBe(plan.hash);
      expect((await runs.logOf(runId))[0]).toBe(
        'While this run waited, what runs changed from nothing to 1.0.0. It goes on from there.',
      );
    });

    it('given that anything else differs, and no approval is needed, then the run is rejected and says what changed', async () => {
      const runs = await start();
      const { first, runId, letGo } = await askBehindAnother(runs);
      runs.settings.variables = { LOG_LEVEL: 'debug' };

      letGo();

      await expect(runs.end(runId)).resolves.toMatchObject({
        state: {
          phase: 'rejected',
          by: 'slipway',
          reason: expect.stringContaining('the manifest changed'),
        },
        startedAt: null,
      });
      expect(runs.target.world.acts.filter(act => act.runId !== first)).toEqual(
        [],
      );
    });

    it('given that the new plan has a blocking finding, then the run is rejected with it', async () => {
      const runs = await start();
      const { runId, letGo } = await askBehindAnother(runs);
      runs.settings.findings = [
        { severity: 'blocking', message: 'the archive is gone' },
      ];

      letGo();

      await expect(runs.end(runId)).resolves.toMatchObject({
        state: {
          phase: 'rejected',
          by: 'slipway',
          reason: 'the archive is gone',
        },
      });
    });

    it('given that the new plan needs approvals, then the run takes it, the old approvals are void, it waits again, and the next one gets the environment', async () => {
      const runs = await start();
      runs.settings.approvals = { needed: 1, groups: [], selfApproval: false };
      const gate = new Gate();
      runs.target.before('upload', ({ release }) =>
        release.version === '1.0.0' ? gate.pass() : Promise.resolve(),
      );
      const ask = async (version: string) => {
        const plan = await runs.plan({ version });
        const runId = await runs.controller.start({ plan, requestedBy: EVE });
        return { runId, plan };
      };
      const approve = async ({ runId }: { runId: RunId }) =>
        runs.controller.decide({
          runId,
          planHash: (await runs.view(runId)).planHash,
          decision: 'approved',
          by: RAJ,
        });
      const first = await ask('1.0.0');
      await approve(first);
      await gate.reached;
      const stale = await ask('1.1.0');
      await approve(stale);
      await expect(runs.view(stale.runId)).resolves.toMatchObject({
        state: { phase: 'queued', position: 1 },
      });

      gate.open();
      await runs.end(first.runId);
      const waiting = await runs.until(
        stale.runId,
        ({ state }) => state.phase === 'waiting-for-approval',
      );

      expect(waiting).toMatchObject({
        state: { given: 0, needed: 1 },
        from: { version: '1.0.0' },
        approvals: [
          {
            by: RAJ,
            planHash: stale.plan.hash,
            voidedAt: expect.any(String),
          },
        ],
      });
      expect(waiting.planHash).not.toBe(stale.plan.hash);
      const next = await ask('1.2.0');
      await approve(next);
      await expect(runs.end(next.runId)).resolves.toMatchObject({
        state: { phase: 'succeeded' },
      });
      await expect(
        runs.controller.decide({
          runId: stale.runId,
          planHash: stale.plan.hash,
          decision: 'approved',
          by: RAJ,
        }),
      ).rejects.toThrow('Review it again');
    });

    it('given a plan that cannot be computed again for a moment, then it is tried again', async () => {
      const runs = await start();
      const { replan } = runs.dependencies;
      let tries = 0;
      runs.dependencies.replan = async plan => {
        tries += 1;
        if (tries === 1) {
          throw new Error('git server is away');
        }
        return replan(plan);
      };

      await expect(
        runs.end(await runs.deploy({ version: '1.0.0' })),
      ).resolves.toMatchObject({ state: { phase: 'succeeded' } });
      expect(tries).toBe(2);
    });

    it('given a plan that cannot be computed again at all, then the run ends errored and nothing was changed', async () => {
      const runs = await start();
      runs.dependencies.replan = async () => {
        throw new Error('git server is away');
      };

      await expect(
        runs.end(await runs.deploy({ version: '1.0.0' })),
      ).resolves.toMatchObject({
        state: {
          phase: 'errored',
          problem: {
            message: expect.stringContaining('git server is away'),
            mend: expect.stringContaining('Nothing was changed'),
          },
        },
      });
      expect(runs.target.world.acts).toEqual([]);
    });

    it('given a manifest that is wrong by now, then the run is rejected with what is wrong, without trying again', async () => {
      const runs = await start();
      let tries = 0;
      runs.dependencies.replan = async () => {
        tries += 1;
        throw new InputError('deploy.yaml:3: unknown kind');
      };

      await expect(
        runs.end(await runs.deploy({ version: '1.0.0' })),
      ).resolves.toMatchObject({
        state: { phase: 'rejected', reason: 'deploy.yaml:3: unknown kind' },
      });
      expect(tries).toBe(1);
    });

    it('given a run that is cancelled while its plan is computed again, then it stays cancelled and frees the environment', async () => {
      const runs = await start();
      const { replan } = runs.dependencies;
      const gate = new Gate();
      runs.dependencies.replan = async plan => {
        await gate.pass();
        return replan(plan);
      };
      const runId = await runs.deploy({ version: '1.0.0' });
      await gate.reached;

      await runs.controller.cancel({ runId, by: RAJ });
      const next = await runs.deploy({ version: '1.1.0' });
      gate.open();

      await expect(runs.end(next)).resolves.toMatchObject({
        state: { phase: 'succeeded' },
      });
      await expect(runs.view(runId)).resolves.toMatchObject({
        state: { phase: 'cancelled', by: RAJ },
      });
      expect(runs.target.world.acts.filter(act => act.runId === runId)).toEqual(
        [],
      );
    });
  },
);
