import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import authBackend from '@backstage/plugin-auth-backend';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import request from 'supertest';
import { demoSignIn } from './demoSignIn';

const ana = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'User',
  metadata: { name: 'ana', namespace: 'default' },
  spec: { memberOf: ['shop-team'] },
  relations: [{ type: 'memberOf', targetRef: 'group:default/shop-team' }],
};

async function startBackend(config: object) {
  const { server } = await startTestBackend({
    features: [
      authBackend,
      demoSignIn,
      catalogServiceMock.factory({ entities: [ana] }),
      mockServices.rootConfig.factory({
        data: {
          app: { baseUrl: 'http://localhost:7007' },
          backend: {
            baseUrl: 'http://localhost:7007',
            database: { client: 'better-sqlite3', connection: ':memory:' },
            listen: { host: '127.0.0.1', port: 0 },
          },
          ...config,
        },
      }),
    ],
  });
  return server;
}

const demo = { auth: { providers: { demo: {} } } };

describe('demo sign-in', () => {
  it('signs in as the chosen person, with their groups', async () => {
    const server = await startBackend(demo);

    const response = await request(server)
      .get('/api/auth/demo/refresh')
      .set('Host', 'localhost:7007')
      .set('x-slipway-person', 'ana');

    expect(response.status).toBe(200);
    expect(response.body.backstageIdentity.identity).toEqual({
      type: 'user',
      userEntityRef: 'user:default/ana',
      ownershipEntityRefs: ['user:default/ana', 'group:default/shop-team'],
    });
  });

  it.each([
    ['nobody', undefined],
    ['a stranger to the catalog', 'mallory'],
    ['a whole reference', 'user:default/ana'],
    ['something that is no name', '../ana'],
  ])('does not sign in as %s', async (_, person) => {
    const server = await startBackend(demo);
    const asking = request(server)
      .get('/api/auth/demo/refresh')
      .set('Host', 'localhost:7007');

    const response = await (person === undefined
      ? asking
      : asking.set('x-slipway-person', person));

    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.body).not.toHaveProperty('backstageIdentity');
  });

  it('does not answer a page whose name was pointed at this machine', async () => {
    const server = await startBackend(demo);

    const response = await request(server)
      .get('/api/auth/demo/refresh')
      .set('Host', 'evil.example.com')
      .set('x-slipway-person', 'ana');

    expect(response.status).toBe(403);
  });

  it('keeps a backend in production from starting', async () => {
    await expect(
      startBackend({
        auth: { environment: 'production', providers: { demo: {} } },
      }),
    ).rejects.toThrow(/refuses to run in production/);
  });

  it('is not there where it is not configured', async () => {
    const server = await startBackend({ auth: { providers: {} } });

    const response = await request(server)
      .get('/api/auth/demo/refresh')
      .set('x-slipway-person', 'ana');

    expect(response.status).toBe(404);
  });
});
