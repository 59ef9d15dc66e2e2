import { Hold, RunId } from '@slipway/plugin-deployments-common';
import { createTestDatabases } from '../__testUtils__/createTestDatabases';
import { Deferred } from '../testUtils/Deferred';
import { Gate } from '../__testUtils__/Gate';
import { ANA, RAJ, Runs, SHOP, startRuns } from '../__testUtils__/startRuns';
import { migrateDatabase } from '../stores';

jest.setTimeout(60_000);

const databases = createTestDatabases();

const PRODUCTION = { serviceRef: SHOP, environment: 'production' };
const ROBOT = 'external:ci';

describe.each(databases.eachSupportedId())(
  'holds of an environment on %s',
  databaseId => {
    const parked = new Map<RunId, Deferred<void>>();

    async function start(): Promise<Runs> {
      const knex = await databases.init(databaseId);
      await migrateDatabase(knex);
      return startRuns({
        knex,
        engine: 'of the database',
        wrap: advance => async claim => {
          const result = await advance(claim);
          if (result === 'parked') {
            parkedOf(claim.runId).resolve(undefined);
          }
          return result;
        },
      });
    }

    /** Settles when a worker has looked at a run, and found that it has to wait. */
    function parkedOf(runId: RunId): Deferred<void> {
      const known = parked.get(runId) ?? new Deferred();
      parked.set(runId, known);
      return known;
    }

    function hold(runs: Runs, reason = 'load test'): Promise<Hold> {
      return runs.environments.hold({ ...PRODUCTION, by: RAJ, reason });
    }

    async function readHold({ stores }: Runs): Promise<Hold | null> {
      return (await stores.environments.get(PRODUCTION)).hold;
    }

    /** An automatic run that has to wait. */
    async function deployByItself(runs: Runs, version: string) {
      const runId = await runs.deploy({
        version,
        requestedBy: ROBOT,
        trigger: 'automation',
      });
      await parkedOf(runId).promise;
      return runId;
    }

    /** Who was woken before has had its turn: a run elsewhere, asked for now, has come to its end. */
    let others = 0;
    async function settle(runs: Runs) {
      others += 1;
      await runs.end(
        await runs.deploy({
          version: `9.9.${others}`,
          environment: 'elsewhere',
        }),
      );
    }

    it('given a held environment, then an automatic run waits and says for what, holds nothing, and goes on when the hold is released', async () => {
      const runs = await start();
      const held = await hold(runs);
      const runId = await deployByItself(runs, '1.0.0');

      await expect(runs.view(runId)).resolves.toMatchObject({
        trigger: 'automation',
        state: {
          phase: 'queued',
          position: 1,
          hold: { by: RAJ, reason: 'load test', runId: null },
        },
      });
      await expect(
        runs.stores.environments.get(PRODUCTION),
      ).resolves.toMatchObject({ heldBy: null });

      await runs.environments.releaseHold({ ...PRODUCTION, at: held.at });

      await expect(runs.end(runId)).resolves.toMatchObject({
        state: { phase: 'succeeded' },
      });
    });

    it('given automatic runs that wait for a hold, then a person’s run passes them, and they go on in the order in which they came', async () => {
      const runs = await start();
      const order: string[] = [];
      runs.target.before('upload', async ({ release }) => {
        order.push(release.version);
      });
      const { at } = await hold(runs);
      const first = await deployByItself(runs, '1.0.0');
      const second = await deployByItself(runs, '1.1.0');
      const passing = await runs.deploy({ version: '2.0.0', requestedBy: ANA });
      await runs.end(passing);
      await runs.environments.releaseHold({ ...PRODUCTION, at });
      await runs.end(first);
      await runs.end(second);

      expect(order).toEqual(['2.0.0', '1.0.0', '1.1.0']);
    });

    it('given an environment at work, when it is held, then what has begun goes on, and the automatic run behind it waits', async () => {
      const runs = await start();
      const gate = new Gate();
      runs.target.before('upload', ({ release }) =>
        release.version === '1.0.0' ? gate.pass() : Promise.resolve(),
      );
      const begun = await runs.deploy({
        version: '1.0.0',
        requestedBy: ROBOT,
        trigger: 'automation',
      });
      await gate.reached;
      const behind = await deployByItself(runs, '1.1.0');
      const { at } = await hold(runs);
      gate.open();

      await expect(runs.end(begun)).resolves.toMatchObject({
        state: { phase: 'succeeded' },
      });
      await settle(runs);
      await expect(runs.view(behind)).resolves.toMatchObject({
        state: { phase: 'queued', hold: { by: RAJ } },
      });
      await runs.environments.releaseHold({ ...PRODUCTION, at });
      await runs.end(behind);
    });

    it('given an automatic run whose plan is being checked, when the environment is held, then nothing is changed before the hold is released', async () => {
      const runs = await start();
      const checking = new Gate();
      const { replan } = runs.dependencies;
      runs.dependencies.replan = async plan => {
        await checking.pass();
        return replan(plan);
      };
      const runId = await runs.deploy({
        version: '1.0.0',
        trigger: 'automation',
      });
      await checking.reached;
      const { at } = await hold(runs);
      checking.open();
      await parkedOf(runId).promise;

      expect((await runs.view(runId)).state).toMatchObject({
        phase: 'queued',
        hold: { by: RAJ },
      });
      await runs.environments.releaseHold({ ...PRODUCTION, at });
      await expect(runs.end(runId)).resolves.toMatchObject({
        state: { phase: 'succeeded' },
      });
    });

    it('given a rollback by hand, then the environment is held in the name of who asked, before the next automatic run gets it', async () => {
      const runs = await start();
      await runs.end(await runs.deploy({ version: '1.0.0' }));
      await runs.end(await runs.deploy({ version: '1.1.0' }));
      const gate = new Gate();
      runs.target.before('upload', ({ operation }) =>
        operation === 'rollback' ? gate.pass() : Promise.resolve(),
      );
      const rollback = await runs.deploy({
        version: '1.0.0',
        operation: 'rollback',
        requestedBy: RAJ,
      });
      await gate.reached;
      const automatic = await deployByItself(runs, '1.2.0');
      gate.open();
      await runs.end(rollback);
      await settle(runs);

      await expect(readHold(runs)).resolves.toMatchObject({
        by: RAJ,
        reason: 'rolled back to 1.0.0',
        runId: rollback,
      });
      await expect(runs.view(automatic)).resolves.toMatchObject({
        state: { phase: 'queued', hold: { runId: rollback } },
      });
    });

    it('given a release that fails after the switch, then the environment is held by the product, and says what happened', async () => {
      const runs = await start();
      await runs.end(await runs.deploy({ version: '1.0.0' }));
      runs.target.refuse('1.1.0');
      const failed = await runs.deploy({ version: '1.1.0' });
      await runs.end(failed);

      await expect(readHold(runs)).resolves.toMatchObject({
        by: 'slipway',
        reason: '1.1.0 failed and was rolled back',
        runId: failed,
      });
    });

    it('given a way back that does not come to its end, then the environment is held all the same', async () => {
      const runs = await start();
      await runs.end(await runs.deploy({ version: '1.0.0' }));
      runs.target.refuse('1.1.0');
      runs.target.before('restart', async ({ idempotencyKey }) => {
        if (idempotencyKey.includes('recover')) {
          throw new Error('the host is gone');
        }
      });
      await runs.end(await runs.deploy({ version: '1.1.0' }));

      await expect(readHold(runs)).resolves.toMatchObject({
        reason: '1.1.0 failed, and the way back did not come to its end',
      });
    });

    it('given a release that fails before the switch, then nothing was rolled back and nothing is held', async () => {
      const runs = await start();
      runs.target.before('upload', async () => {
        throw new Error('no space');
      });
      await runs.end(await runs.deploy({ version: '1.0.0' }));

      await expect(readHold(runs)).resolves.toBeNull();
    });

    it('given an environment that a person holds, when it is rolled back, then the new hold tells of the one before', async () => {
      const runs = await start();
      await runs.end(await runs.deploy({ version: '1.0.0' }));
      await hold(runs);
      runs.target.refuse('1.1.0');
      await runs.end(await runs.deploy({ version: '1.1.0' }));

      await expect(readHold(runs)).resolves.toMatchObject({
        reason:
          '1.1.0 failed and was rolled back. Before, held by raj: load test',
      });
    });

    it('given two people who hold an environment at once, then one of them is told who was first', async () => {
      const runs = await start();
      const [one, other] = await Promise.allSettled([
        hold(runs, 'load test'),
        hold(runs, 'migration'),
      ]);

      expect([one.status, other.status].sort()).toEqual([
        'fulfilled',
        'rejected',
      ]);
      expect(
        one.status === 'rejected' ? one.reason : Object(other).reason,
      ).toMatchObject({
        name: 'ConflictError',
        message: expect.stringContaining('held already by raj'),
      });
    });

    it('given another hold than the one that was seen, or none, then it is not released', async () => {
      const runs = await start();
      const seen = await hold(runs);
      await runs.environments.releaseHold({ ...PRODUCTION, at: seen.at });

      await expect(
        runs.environments.releaseHold({ ...PRODUCTION, at: seen.at }),
      ).rejects.toThrow('production is not held any more');
      await runs.stores.environments.setHold(PRODUCTION, {
        ...seen,
        at: '2026-11-22T00:00:00.000Z',
        reason: 'migration',
      });
      await expect(
        runs.environments.releaseHold({ ...PRODUCTION, at: seen.at }),
      ).rejects.toThrow('Held by raj: migration');
    });

    it('given no reason, then an environment is not held', async () => {
      const runs = await start();

      await expect(hold(runs, ' ')).rejects.toThrow(
        'Say why you hold production',
      );
    });
  },
);
