import {
  createMockDirectory,
  mockCredentials,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { JsonObject } from '@backstage/types';
import { createGitRepository } from '../__testUtils__/createGitRepository';
import {
  createComponent,
  createManifest,
  manifestUrlOf,
  startPortal,
} from '../__testUtils__/startPortal';

jest.setTimeout(60_000);

const SHOP = 'component:default/shop';

describe('the actions of the portal (P1)', () => {
  const directory = createMockDirectory();
  const databases = TestDatabases.create({ ids: ['SQLITE_3'] });
  let portal: Awaited<ReturnType<typeof startPortal>>;

  beforeEach(async () => {
    directory.clear();
    const repository = createGitRepository(directory.resolve('shop'));
    repository.commit('First', {}, 'v1.0.0');
    repository.commit('Second', {}, 'v1.1.0');
    portal = await startPortal({
      knex: await databases.init('SQLITE_3'),
      workDirectory: directory.resolve('work'),
      entities: [createComponent('shop')],
      files: new Map([
        [manifestUrlOf('shop'), createManifest({ repository: repository.url })],
      ]),
      policy: ({ user }) => user === 'user:default/ana',
    });
  });

  afterEach(() => portal.stop());

  async function invoke(name: string, input: JsonObject, user = 'ana') {
    const { output } = await portal.actions.invoke({
      id: `test:${name}`,
      input,
      credentials: mockCredentials.user(`user:default/${user}`),
    });
    return output as JsonObject;
  }

  async function carryOut(name: string, input: JsonObject) {
    const { runId } = await invoke(name, { service: SHOP, ...input });
    const end = await invoke('wait', {
      runId: runId ?? null,
      timeoutSeconds: 30,
    });
    expect(end).toMatchObject({ phase: 'succeeded' });
    return end;
  }

  it('given a service, when it is planned, deployed, promoted and rolled back by actions, then that happens', async () => {
    await expect(
      invoke('plan', {
        service: 'shop',
        operation: 'deploy',
        environment: 'staging',
        ref: 'v1.0.0',
      }),
    ).resolves.toMatchObject({
      fromVersion: null,
      toVersion: '1.0.0',
      steps: ['Build release', 'Switch', 'Verify'],
      findings: [],
      approvalsNeeded: 0,
    });
    await carryOut('deploy', { environment: 'staging', ref: 'v1.0.0' });
    await carryOut('promote', { environment: 'production' });
    await carryOut('deploy', { environment: 'staging', ref: 'v1.1.0' });
    await expect(
      carryOut('rollback', { environment: 'staging', reason: '5xx on pay' }),
    ).resolves.toMatchObject({ version: '1.0.0' });
  });

  it('given a release that fails, when it is waited for, then the problem is told', async () => {
    portal.target.refuse('1.1.0');
    const { runId } = await invoke('deploy', {
      service: SHOP,
      environment: 'staging',
      ref: 'main',
    });

    await expect(
      invoke('wait', { runId: runId ?? null, timeoutSeconds: 30 }),
    ).resolves.toMatchObject({
      phase: 'failed',
      problem: '1.1.0 answers 500',
    });
  });

  it('given a person without permission, then actions refuse as the REST API does', async () => {
    await expect(
      invoke(
        'deploy',
        { service: SHOP, environment: 'staging', ref: 'main' },
        'gus',
      ),
    ).rejects.toThrow('You need deployments.deploy on staging.');
  });

  it('given an operation without what it needs, then it is refused', async () => {
    await expect(
      invoke('plan', {
        service: SHOP,
        operation: 'deploy',
        environment: 'staging',
      }),
    ).rejects.toThrow(/ref/);
  });
});
