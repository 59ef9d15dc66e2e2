import { Operation } from '@slipway/plugin-deployments-common';
import { createTestDatabases } from '../__testUtils__/createTestDatabases';
import { SHOP, startRuns } from '../__testUtils__/startRuns';
import { createPlanContent } from '../__testUtils__/createPlanContent';
import { migrateDatabase } from '../stores';
import { ItemContext, verifyItem } from './verifyItem';

jest.setTimeout(60_000);

const databases = createTestDatabases();

const AT = new Date('2026-11-20T10:00:00.000Z');

/** Release 1.0.0 is to go from staging, where it serves, into production, where 0.9.0 does. */
async function createContext(
  part: Partial<ItemContext> = {},
): Promise<ItemContext> {
  const knex = await databases.init('SQLITE_3');
  await migrateDatabase(knex);
  const runs = await startRuns({ knex });
  const release = await runs.createRelease('1.0.0');
  const before = await runs.createRelease('0.9.0');
  const observe = ({ id, version, commit }: typeof release) => ({
    reach: 'reached' as const,
    askedAt: AT.toISOString(),
    release: { id, version, commitId: commit.id, digest: null },
    health: 'healthy' as const,
    healthReason: null,
    processes: [],
    desiredProcesses: null,
    keptReleases: [{ id, version, commitId: commit.id, digest: null }],
    url: null,
  });
  const environmentOf = (name: string) =>
    runs.dependencies.resolveEnvironment(SHOP, name);
  return {
    environment: await environmentOf('production'),
    origin: await environmentOf('staging'),
    target: runs.target,
    plan: createPlanContent({ migrations: [] }),
    release,
    stores: runs.stores,
    observed: observe(before),
    observedInOrigin: observe(release),
    openSource: async () => ({
      checkout: async () => {},
      listFiles: async () => [],
      readFile: async () => null,
    }),
    at: AT,
    ...part,
  };
}

describe('verifyItem (A2.1)', () => {
  it('given migrations that ran in the environment before with this release, then they are tested, and not where another release ran', async () => {
    const context = await createContext({
      plan: createPlanContent({
        migrations: [{ name: '1.sql', findings: [] }],
      }),
    });
    await expect(
      verifyItem('migrations-tested', context),
    ).resolves.toMatchObject({
      state: 'blocked',
      reason:
        '1 migration never ran in staging with 1.0.0. Deploy it there first.',
    });
  });

  it('given a release that staging was only rolled back to, then its migrations are not tested, and those of one that was deployed are', async () => {
    const knex = await databases.init('SQLITE_3');
    await migrateDatabase(knex);
    const runs = await startRuns({ knex });
    const context = await createContext({
      plan: createPlanContent({
        migrations: [{ name: '1.sql', findings: [] }],
      }),
      stores: runs.stores,
      release: await runs.createRelease('1.0.0'),
    });
    const bring = async (version: string, operation: Operation) =>
      runs.end(
        await runs.deploy({ version, operation, environment: 'staging' }),
      );

    await bring('1.1.0', 'deploy');
    await bring('1.0.0', 'rollback');
    await expect(
      verifyItem('migrations-tested', context),
    ).resolves.toMatchObject({ state: 'blocked' });

    await bring('1.1.0', 'deploy');
    await bring('1.0.0', 'deploy');
    await expect(
      verifyItem('migrations-tested', context),
    ).resolves.toMatchObject({ state: 'open' });
  });

  it('given no migrations, then there is nothing to test', async () => {
    await expect(
      verifyItem('migrations-tested', await createContext()),
    ).resolves.toMatchObject({ state: 'open' });
  });

  it('given names that the repository does not mention, then they are named', async () => {
    const context = await createContext();
    const environment = {
      ...context.environment,
      spec: {
        ...context.environment.spec,
        variables: { LOG_LEVEL: 'info', PAY_URL: 'x' },
        secrets: { DB_PASSWORD: 'shop-db' },
      },
    };
    const documented = (text: string) => ({
      ...context,
      environment,
      openSource: async () => ({
        checkout: async () => {},
        listFiles: async () => [],
        readFile: async (_: string, file: string) =>
          file === '.env.example' ? text : null,
      }),
    });

    await expect(
      verifyItem(
        'variables-documented',
        documented('LOG_LEVEL=info\nPAY_URL_OLD=\nDB_PASSWORD='),
      ),
    ).resolves.toMatchObject({
      state: 'blocked',
      reason: expect.stringMatching(/^PAY_URL cannot be found/),
    });
    await expect(
      verifyItem(
        'variables-documented',
        documented('LOG_LEVEL=info\nPAY_URL=\nDB_PASSWORD='),
      ),
    ).resolves.toMatchObject({ state: 'open' });
    await expect(
      verifyItem('secrets-configured', { ...context, environment }),
    ).resolves.toMatchObject({
      state: 'blocked',
      reason: expect.stringContaining('DB_PASSWORD'),
    });
  });

  it('given what the environment before says, then health is verified, or it is said what is wrong', async () => {
    const context = await createContext();
    const { observedInOrigin } = context;
    if (observedInOrigin?.reach !== 'reached') {
      throw new Error('staging is reached');
    }
    const verify = (part: Partial<ItemContext>) =>
      verifyItem('health-verified', { ...context, ...part });

    await expect(verify({})).resolves.toMatchObject({ state: 'open' });
    await expect(
      verify({
        observedInOrigin: {
          ...observedInOrigin,
          health: 'unhealthy',
          healthReason: '/healthz answers 500',
        },
      }),
    ).resolves.toMatchObject({
      state: 'blocked',
      reason: '1.0.0 is unhealthy in staging: /healthz answers 500',
    });
    await expect(
      verify({ observedInOrigin: context.observed }),
    ).resolves.toMatchObject({
      state: 'blocked',
      reason: 'staging runs 0.9.0, not 1.0.0.',
    });
    await expect(
      verify({ at: new Date(AT.getTime() + 3_600_000) }),
    ).resolves.toMatchObject({ state: 'waiting' });
    await expect(verify({ origin: null })).resolves.toMatchObject({
      state: 'open',
    });
  });

  it('given what the environment keeps, then a rollback is possible, or it is said why not', async () => {
    const context = await createContext();
    const { observed } = context;
    if (observed?.reach !== 'reached' || !observed.release) {
      throw new Error('production is reached');
    }
    const verify = (part: Partial<ItemContext>) =>
      verifyItem('rollback-possible', { ...context, ...part });

    await expect(verify({})).resolves.toMatchObject({
      state: 'open',
      reason: 'production keeps 0.9.0, and can return to it.',
    });
    await expect(
      verify({ observed: { ...observed, keptReleases: [] } }),
    ).resolves.toMatchObject({ state: 'blocked' });
    await expect(
      verify({
        observed: { ...observed, release: { ...observed.release, id: null } },
      }),
    ).resolves.toMatchObject({ state: 'blocked' });
    await expect(
      verify({ observed: { ...observed, release: null } }),
    ).resolves.toMatchObject({ state: 'open' });
    await expect(
      verify({
        observed: {
          reach: 'unreachable',
          askedAt: AT.toISOString(),
          message: 'connection refused',
          mend: null,
        },
      }),
    ).resolves.toMatchObject({
      state: 'waiting',
      reason: expect.stringContaining('connection refused'),
    });
  });
});
