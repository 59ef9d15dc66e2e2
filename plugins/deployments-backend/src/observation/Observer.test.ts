import { mockServices } from '@backstage/backend-test-utils';
import { createTestDatabases } from '../__testUtils__/createTestDatabases';
import { SHOP, startRuns } from '../__testUtils__/startRuns';
import { migrateDatabase } from '../stores';
import { Observer } from './Observer';

jest.setTimeout(60_000);

const databases = createTestDatabases();

describe.each(databases.eachSupportedId())('Observer on %s', databaseId => {
  async function start(options: { timeoutMs?: number } = {}) {
    const knex = await databases.init(databaseId);
    await migrateDatabase(knex);
    const runs = await startRuns({ knex });
    const observer = new Observer({
      states: runs.stores.observedStates,
      dependencies: runs.dependencies,
      changes: runs.changes,
      logger: mockServices.logger.mock(),
      ...options,
    });
    const heard: unknown[] = [];
    runs.changes.listen(change => heard.push(change));
    const environment = await runs.dependencies.resolveEnvironment(
      SHOP,
      'production',
    );
    return { runs, observer, heard, environment };
  }

  it('given an answer, then it is kept, and told only where it differs from the one before', async () => {
    const { runs, observer, heard, environment } = await start();

    await observer.observe(environment);
    await observer.observe(environment);
    expect(heard).toEqual([
      { what: 'observed-state', serviceRef: SHOP, runId: null },
    ]);
    runs.target.world.placeOf(SHOP, 'production').running =
      await runs.createRelease('1.0.0');
    const state = await observer.observe(environment);

    expect(heard).toHaveLength(2);
    expect(state).toMatchObject({ release: { version: '1.0.0' } });
    await expect(
      runs.stores.observedStates.get(SHOP, 'production'),
    ).resolves.toEqual(state);
  });

  it.each([
    ['throws', () => Promise.reject(new Error('broken')), undefined],
    ['never answers', () => new Promise<never>(() => {}), 10],
  ])(
    'given a target that %s, then it counts as not reached (P2)',
    async (_, answer, timeoutMs) => {
      const { runs, observer, environment } = await start({ timeoutMs });
      runs.target.observe = answer;

      await expect(observer.observe(environment)).resolves.toMatchObject({
        reach: 'unreachable',
      });
      await expect(
        runs.stores.observedStates.get(SHOP, 'production'),
      ).resolves.toMatchObject({ reach: 'unreachable' });
    },
  );

  it('given a caller that gives up, then nothing is kept about the target', async () => {
    const { runs, observer, environment } = await start();
    await observer.observe(environment);
    const before = await runs.stores.observedStates.get(SHOP, 'production');
    runs.target.observe = () => new Promise<never>(() => {});
    const caller = new AbortController();

    const asked = observer.observe(environment, { signal: caller.signal });
    caller.abort(new Error('the portal stops'));

    await expect(asked).rejects.toThrow('the portal stops');
    await expect(
      runs.stores.observedStates.get(SHOP, 'production'),
    ).resolves.toEqual(before);
  });
});
