import { createTestDatabases } from '../__testUtils__/createTestDatabases';
import { Runs, SHOP, startRuns } from '../__testUtils__/startRuns';
import { migrateDatabase } from '../stores';
import { describeDeployed, describeRuns } from './describeRuns';
import { findUsualDurations } from './usualDurations';

jest.setTimeout(60_000);

const databases = createTestDatabases();

describe.each(databases.eachSupportedId())('describeRuns on %s', databaseId => {
  async function start(): Promise<Runs> {
    const knex = await databases.init(databaseId);
    await migrateDatabase(knex);
    return startRuns({ knex });
  }

  /** Makes a finished run look as if it had taken as long. */
  async function deployTaking(runs: Runs, version: string, ms: number) {
    const run = await runs.end(await runs.deploy({ version }));
    const startedAt = '2026-11-01T10:00:00.000Z';
    const finishedAt = new Date(Date.parse(startedAt) + ms).toISOString();
    await runs.stores.runs.update(run.id, { startedAt, finishedAt });
    const [first] = run.steps;
    await runs.stores.steps.update(
      { runId: run.id, index: first.index },
      { startedAt, finishedAt },
    );
    return run;
  }

  it('given no success yet, then nothing is usual', async () => {
    const runs = await start();

    await expect(
      findUsualDurations({
        stores: runs.stores,
        serviceRef: SHOP,
        environment: 'production',
        operation: 'deploy',
      }),
    ).resolves.toEqual({ runMs: null, stepMs: new Map() });
  });

  it('given successes, then the median of the last 20 is usual, and neither failures nor other operations count', async () => {
    const runs = await start();
    await deployTaking(runs, '0.0.0', 1_000_000);
    for (let i = 1; i <= 20; i++) {
      await deployTaking(runs, `1.${i}.0`, i * 1_000);
    }
    runs.target.refuse('2.0.0');
    await deployTaking(runs, '2.0.0', 5_000_000);

    const last = await runs.end(
      await runs.deploy({ version: '1.1.0', operation: 'rollback' }),
    );
    const deploying = await runs.plan({ version: '3.0.0' });
    const usual = await findUsualDurations({
      stores: runs.stores,
      ...deploying.content,
    });

    expect(usual.runMs).toBe(10_500);
    expect(usual.stepMs.get('build')).toBe(10_500);
    expect(last.usualMs).toBeLessThan(10_500);
  });

  it('given a success whose step was taken up again after the portal was away, then that time is not usual', async () => {
    const runs = await start();
    await deployTaking(runs, '1.0.0', 1_000);
    const resumed = await deployTaking(runs, '1.1.0', 3_600_000);
    const [{ index }] = resumed.steps;
    await runs.stores.steps.update(
      { runId: resumed.id, index },
      { attempt: 2 },
    );

    const { content } = await runs.plan({ version: '2.0.0' });
    const usual = await findUsualDurations({ stores: runs.stores, ...content });

    expect(usual.runMs).toBe(1_000);
    expect(usual.stepMs.get('build')).toBe(1_000);
  });

  it('given several runs, then they are described in the order in which they were given', async () => {
    const runs = await start();
    runs.settings.approvals = { needed: 2, groups: [], selfApproval: false };
    const waiting = await runs.deploy({ version: '2.0.0' });
    runs.settings.approvals = { needed: 0, groups: [], selfApproval: false };
    const done = (await runs.end(await runs.deploy({ version: '1.0.0' }))).id;

    const records = [
      await runs.stores.runs.require(done),
      await runs.stores.runs.require(waiting),
    ];

    await expect(
      describeRuns({ stores: runs.stores, runs: records }),
    ).resolves.toMatchObject([
      { id: done, state: { phase: 'succeeded' }, to: { version: '1.0.0' } },
      {
        id: waiting,
        state: { phase: 'waiting-for-approval', given: 0, needed: 2 },
        to: { version: '2.0.0' },
      },
    ]);
  });

  it('given an environment that nothing was deployed to, then nothing is deployed', async () => {
    const runs = await start();

    await expect(
      describeDeployed({
        stores: runs.stores,
        serviceRef: SHOP,
        environment: 'production',
      }),
    ).resolves.toBeNull();
  });
});
