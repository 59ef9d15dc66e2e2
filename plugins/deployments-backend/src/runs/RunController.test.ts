import { createTestDatabases } from '../__testUtils__/createTestDatabases';
import { ANA, EVE, RAJ, Runs, startRuns } from '../__testUtils__/startRuns';
import { migrateDatabase } from '../stores';

jest.setTimeout(60_000);

const databases = createTestDatabases();

describe.each(databases.eachSupportedId())(
  'RunController on %s',
  databaseId => {
    async function start(
      approvals: Partial<Runs['settings']['approvals']>,
    ): Promise<Runs> {
      const knex = await databases.init(databaseId);
      await migrateDatabase(knex);
      const runs = await startRuns({ knex });
      runs.settings.approvals = {
        needed: 1,
        groups: [],
        selfApproval: false,
        ...approvals,
      };
      return runs;
    }

    async function ask(runs: Runs) {
      const plan = await runs.plan({ version: '1.0.0' });
      const runId = await runs.controller.start({
        plan,
        requestedBy: ANA,
        reason: 'release day',
      });
      const approve = (by: string) =>
        runs.controller.decide({
          runId,
          planHash: plan.hash,
          decision: 'approved',
          by,
        });
      return { plan, runId, approve };
    }

    it('given a plan with a blocking finding, when it is started, then that is refused with the finding', async () => {
      const runs = await start({ needed: 0 });
      runs.settings.findings = [
        { severity: 'blocking', message: 'nothing to deploy' },
      ];
      const plan = await runs.plan({ version: '1.0.0' });

      await expect(
        runs.controller.start({ plan, requestedBy: ANA }),
      ).rejects.toThrow('nothing to deploy');
    });

    it('given a plan that needs approval, when it is started, then the run waits and has changed nothing', async () => {
      const runs = await start({ needed: 2 });
      const { runId } = await ask(runs);

      await expect(runs.view(runId)).resolves.toMatchObject({
        state: { phase: 'waiting-for-approval', given: 0, needed: 2 },
        reason: 'release day',
        startedAt: null,
      });
      await expect(runs.stores.runs.listWaiting()).resolves.toMatchObject([
        { id: runId },
      ]);
      expect(runs.target.world.acts).toEqual([]);
    });

    it('given a plan that is started twice at once, then there is one run, and a new one only when that is finished', async () => {
      const runs = await start({ needed: 1 });
      const plan = await runs.plan({ version: '1.0.0' });
      const again = () => runs.controller.start({ plan, requestedBy: ANA });

      const [id, same] = await Promise.all([again(), again()]);

      expect(same).toBe(id);
      await expect(runs.stores.runs.listWaiting()).resolves.toMatchObject([
        { id },
      ]);
      await runs.controller.cancel({ runId: id, by: ANA });
      await expect(again()).resolves.not.toBe(id);
    });

    it('given a plan that somebody else started, when it is started while that run is unfinished, then it is said who did', async () => {
      const runs = await start({ needed: 1 });
      const { plan } = await ask(runs);

      await expect(
        runs.controller.start({ plan, requestedBy: EVE }),
      ).rejects.toThrow('ana asked for exactly this already');
    });

    it('given two persons who are needed, then one person who says yes twice counts once, and the second person sets it going (P6)', async () => {
      const runs = await start({ needed: 2 });
      const { runId, approve } = await ask(runs);

      await approve(RAJ);
      await approve(RAJ);
      await expect(runs.view(runId)).resolves.toMatchObject({
        state: { phase: 'waiting-for-approval', given: 1, needed: 2 },
        approvals: [{ by: RAJ, decision: 'approved' }],
      });
      await approve(EVE);

      await expect(runs.end(runId)).resolves.toMatchObject({
        state: { phase: 'succeeded' },
        approvals: [{ by: RAJ }, { by: EVE }],
      });
    });

    it('given two persons who say yes at the same moment, then both count and the run is queued once', async () => {
      const runs = await start({ needed: 2 });
      const { runId, approve } = await ask(runs);

      await Promise.all([approve(RAJ), approve(EVE)]);

      await expect(runs.end(runId)).resolves.toMatchObject({
        state: { phase: 'succeeded' },
      });
    });

    it('given the person who asked, when they approve, then that is refused (P6)', async () => {
      const runs = await start({});
      const { runId, approve } = await ask(runs);

      await expect(approve(ANA)).rejects.toMatchObject({
        name: 'NotAllowedError',
        message: expect.stringContaining('Another person must approve'),
      });
      await expect(runs.view(runId)).resolves.toMatchObject({
        state: { phase: 'waiting-for-approval', given: 0 },
      });
    });

    it('given an environment that allows it, when the person who asked approves, then the run goes (P6)', async () => {
      const runs = await start({ selfApproval: true });
      const { runId, approve } = await ask(runs);

      await approve(ANA);

      await expect(runs.end(runId)).resolves.toMatchObject({
        state: { phase: 'succeeded' },
      });
    });

    it('given a yes to another plan than the one that waits, then it is refused', async () => {
      const runs = await start({});
      const { runId } = await ask(runs);
      const other = await runs.plan({ version: '2.0.0' });

      await expect(
        runs.controller.decide({
          runId,
          planHash: other.hash,
          decision: 'approved',
          by: RAJ,
        }),
      ).rejects.toMatchObject({
        name: 'ConflictError',
        message: expect.stringContaining('Review it again'),
      });
    });

    it('given a no, then the run ends with its reason, whoever said yes before, and nobody can approve it any more', async () => {
      const runs = await start({ needed: 2 });
      const { plan, runId, approve } = await ask(runs);
      await approve(EVE);

      await runs.controller.decide({
        runId,
        planHash: plan.hash,
        decision: 'rejected',
        by: RAJ,
        reason: 'not on a Friday',
      });

      await expect(runs.view(runId)).resolves.toMatchObject({
        state: { phase: 'rejected', by: RAJ, reason: 'not on a Friday' },
        approvals: [
          { by: EVE, decision: 'approved' },
          { by: RAJ, decision: 'rejected', reason: 'not on a Friday' },
        ],
        steps: Array.from({ length: 5 }, () => ({ status: 'skipped' })),
      });
      await expect(approve('user:default/kim')).rejects.toThrow(
        'does not wait for approval',
      );
    });

    it('given a no without a reason, then it is refused', async () => {
      const runs = await start({});
      const { plan, runId } = await ask(runs);

      await expect(
        runs.controller.decide({
          runId,
          planHash: plan.hash,
          decision: 'rejected',
          by: RAJ,
          reason: ' ',
        }),
      ).rejects.toThrow('Say why');
    });

    it('given a run that waits for approval, when it is cancelled, then it ends at once', async () => {
      const runs = await start({});
      const { runId } = await ask(runs);

      await runs.controller.cancel({ runId, by: ANA });

      await expect(runs.view(runId)).resolves.toMatchObject({
        state: { phase: 'cancelled', by: ANA },
      });
    });

    it('given changes, then those who listen hear of them after they were committed, until they stop listening', async () => {
      const runs = await start({});
      const heard: unknown[] = [];
      const forget = runs.controller.onChange(({ what, runId }) =>
        heard.push([what, runId]),
      );

      const { runId } = await ask(runs);
      expect(heard).toEqual([['run', runId]]);
      forget();
      await runs.controller.cancel({ runId, by: ANA });

      expect(heard).toHaveLength(1);
    });
  },
);
