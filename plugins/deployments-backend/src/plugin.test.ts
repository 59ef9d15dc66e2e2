import {
  createMockDirectory,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { createGitRepository } from './__testUtils__/createGitRepository';
import {
  createComponent,
  createManifest,
  serviceRefOf,
  startPortal,
} from './__testUtils__/startPortal';

jest.setTimeout(60_000);

const ANA = 'user:default/ana';
const SHOP = serviceRefOf('shop');

const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_15'] });

describe.each(databases.eachSupportedId())('deployments on %s', databaseId => {
  const directory = createMockDirectory();

  async function start() {
    directory.clear();
    const repository = createGitRepository(directory.resolve('shop'));
    repository.commit('First', { 'app.js': '1' }, 'v1.0.0');
    const files = new Map([
      [
        'http://forge.test/shop/deploy.yaml',
        createManifest({ repository: repository.url }),
      ],
    ]);
    const portal = await startPortal({
      knex: await databases.init(databaseId),
      workDirectory: directory.resolve('work'),
      entities: [createComponent('shop')],
      files,
    });
    return { ...portal, repository, files };
  }

  it('given a new release, when it is deployed and promoted, then both environments run it (P1, P3)', async () => {
    const { as, server } = await start();
    const ana = as(ANA);

    const plan = await ana.createPlan(SHOP, {
      operation: 'deploy',
      environment: 'staging',
      ref: 'main',
    });
    expect(plan.content).toMatchObject({ to: { version: '1.0.0' }, from: null });
    const run = await ana.startRun({ planHash: plan.hash });
    await expect(ana.waitForRun(run.id, 10_000)).resolves.toMatchObject({
      state: { phase: 'succeeded' },
    });
    const state = await ana.getService(SHOP);
    expect(state).toMatchObject({ environments: [{ observed: { release: { version: '1.0.0' } } }, {}] });
    await server.stop();
  });
});
