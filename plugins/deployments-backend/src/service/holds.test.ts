import {
  createMockDirectory,
  mockCredentials,
  TestDatabases,
} from '@backstage/backend-test-utils';
import {
  DeploymentsClient,
  EnvironmentState,
  PlanRequest,
  RunId,
  Trigger,
} from '@slipway/plugin-deployments-common';
import { ageRun } from '../__testUtils__/ageRun';
import { createGitRepository } from '../__testUtils__/createGitRepository';
import {
  createComponent,
  createManifest,
  manifestUrlOf,
  Policy,
  serviceRefOf,
  startPortal,
} from '../__testUtils__/startPortal';

jest.setTimeout(60_000);

const SHOP = serviceRefOf('shop');
const DEPLOY: PlanRequest = {
  operation: 'deploy',
  environment: 'staging',
  ref: 'main',
};

/** Ana develops, Raj runs the place, Gus reads; so does the pipeline, which deploys, too. */
const POLICY: Policy = ({ user, permission }) => {
  switch (user) {
    case 'user:default/raj':
      return true;
    case 'user:default/ana':
    case 'service':
      return !permission.startsWith('deployments.environment.');
    default:
      return permission === 'deployments.read';
  }
};

const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_15'] });

describe.each(databases.eachSupportedId())(
  'holds and stuck runs through the service on %s',
  databaseId => {
    const directory = createMockDirectory();
    let stop: (() => Promise<unknown>) | undefined;

    afterEach(async () => {
      await stop?.();
    });

    async function start() {
      directory.clear();
      const repository = createGitRepository(directory.resolve('shop'));
      repository.commit('First', {}, 'v1.0.0');
      const knex = await databases.init(databaseId);
      const portal = await startPortal({
        knex,
        workDirectory: directory.resolve('work'),
        entities: [createComponent('shop')],
        files: new Map([
          [
            manifestUrlOf('shop'),
            createManifest({ repository: repository.url }),
          ],
        ]),
        policy: POLICY,
      });
      stop = () => portal.stop();
      return {
        ...portal,
        knex,
        repository,
        ana: portal.as('user:default/ana'),
        raj: portal.as('user:default/raj'),
        gus: portal.as('user:default/gus'),
        /** The API as a pipeline uses it. */
        pipeline: new DeploymentsClient({
          discoveryApi: { getBaseUrl: async () => portal.baseUrl },
          fetchApi: {
            fetch: (url, init) =>
              fetch(url, {
                ...init,
                headers: {
                  ...init?.headers,
                  Authorization: mockCredentials.service.header(),
                },
              }),
          },
        }),
      };
    }

    async function deploy(
      client: DeploymentsClient,
      trigger?: Trigger,
      environment = 'staging',
    ) {
      const { hash } = await client.createPlan(SHOP, {
        ...DEPLOY,
        environment,
      });
      return client.startRun({ planHash: hash, trigger });
    }

    async function readStaging(
      client: DeploymentsClient,
    ): Promise<Extract<EnvironmentState, { access: 'open' }>> {
      const { environments } = await client.getService(SHOP);
      const [staging] = environments;
      if (staging.access !== 'open') {
        throw new Error('staging cannot be read');
      }
      return staging;
    }

    /** Its first step is begun. */
    async function untilStarted(client: DeploymentsClient, runId: RunId) {
      for (;;) {
        const { steps } = await client.getRun(runId);
        if (steps[0].status === 'started') {
          return;
        }
        await client.waitForRun(runId, 50);
      }
    }

    it('given an environment that a person holds, then it says who and why, people are warned and may go on, and a pipeline waits until a person releases the hold', async () => {
      const { ana, raj, pipeline, audited } = await start();
      const hold = await raj.holdEnvironment(SHOP, 'staging', {
        reason: 'load test',
      });

      await expect(readStaging(raj)).resolves.toMatchObject({
        hold: { by: 'user:default/raj', reason: 'load test', runId: null },
        may: {
          hold: { allowed: false, reason: 'Held by raj: load test' },
          release: { allowed: true },
        },
      });
      await expect(readStaging(ana)).resolves.toMatchObject({
        may: {
          release: {
            allowed: false,
            reason: expect.stringContaining('deployments.environment.release'),
          },
        },
      });
      const waiting = await deploy(pipeline);
      expect(waiting).toMatchObject({
        trigger: 'automation',
        state: { phase: 'queued', hold: { reason: 'load test' } },
      });
      const plan = await ana.createPlan(SHOP, DEPLOY);
      expect(plan.content.findings).toContainEqual({
        severity: 'warning',
        message: 'Held by raj: load test',
        mend: expect.any(String),
      });
      const passing = await ana.startRun({ planHash: plan.hash });
      expect(passing.trigger).toBe('person');
      await expect(ana.waitForRun(passing.id, 30_000)).resolves.toMatchObject({
        state: { phase: 'succeeded' },
      });

      await expect(
        pipeline.releaseHold(SHOP, 'staging', { at: hold.at }),
      ).rejects.toMatchObject({ statusCode: 403 });
      await raj.releaseHold(SHOP, 'staging', { at: hold.at });

      // What it was to deploy has been put there meanwhile.
      await expect(raj.waitForRun(waiting.id, 30_000)).resolves.toMatchObject({
        state: { phase: 'rejected', by: 'slipway' },
      });
      expect(
        audited
          .filter(({ eventId }) => eventId.startsWith('environment-'))
          .map(({ eventId, severityLevel, outcome, meta }) => [
            eventId,
            severityLevel,
            outcome,
            meta?.by,
            meta?.reason,
          ]),
      ).toEqual([
        [
          'environment-hold',
          'medium',
          'succeeded',
          'user:default/raj',
          'load test',
        ],
        [
          'environment-release',
          'high',
          'NotAllowedError',
          expect.any(String),
          undefined,
        ],
        [
          'environment-release',
          'high',
          'succeeded',
          'user:default/raj',
          'load test',
        ],
      ]);
    });

    it('given what sets a run going, then a program cannot say that it is a person, and a person can say that it is a program', async () => {
      const { ana, pipeline, actions, repository, target } = await start();
      repository.commit('Second', {}, 'v1.1.0');
      const letGo = target.hold();

      await expect(deploy(pipeline, 'person')).resolves.toMatchObject({
        trigger: 'automation',
      });
      await expect(
        deploy(ana, 'automation', 'production'),
      ).resolves.toMatchObject({
        trigger: 'automation',
      });
      const { output } = await actions.invoke({
        id: 'test:deploy',
        input: { service: SHOP, environment: 'production', ref: 'v1.0.0' },
        credentials: mockCredentials.user('user:default/ana'),
      });
      await expect(ana.getRun(Object(output).runId)).resolves.toMatchObject({
        trigger: 'automation',
      });
      letGo();
    });

    it('given people without the permission, then they hold and release nothing, and learn what they need', async () => {
      const { ana, raj } = await start();

      await expect(
        ana.holdEnvironment(SHOP, 'staging', { reason: 'mine' }),
      ).rejects.toMatchObject({
        statusCode: 403,
        body: {
          error: {
            message: expect.stringContaining(
              'You need deployments.environment.hold on staging',
            ),
          },
        },
      });
      const { at } = await raj.holdEnvironment(SHOP, 'staging', {
        reason: 'load test',
      });
      await expect(
        ana.releaseHold(SHOP, 'staging', { at }),
      ).rejects.toMatchObject({ statusCode: 403 });
      await expect(
        raj.holdEnvironment(SHOP, 'moon', { reason: 'load test' }),
      ).rejects.toMatchObject({ statusCode: 404 });
    });

    it('given an action of the portal, then an agent can hold an environment, and has no way to release it', async () => {
      const { actions, raj } = await start();
      const credentials = mockCredentials.user('user:default/raj');
      const { output } = await actions.invoke({
        id: 'test:hold',
        input: { service: 'shop', environment: 'staging', reason: 'errors' },
        credentials,
      });

      expect(output).toMatchObject({ by: 'user:default/raj' });
      expect((await readStaging(raj)).hold).toMatchObject({
        reason: 'errors',
      });
      const { actions: known } = await actions.list();
      expect(known.map(({ name }) => name)).not.toContainEqual(
        expect.stringContaining('release'),
      );
    });

    it('given a run that is stuck, then its environment and its page say so, and a person who may ends it, after the target was asked what runs', async () => {
      const { ana, raj, knex, target, audited } = await start();
      const letGo = target.hold('build');
      const { id } = await deploy(ana);
      await untilStarted(ana, id);
      const release = (client: DeploymentsClient, runId: RunId) =>
        client.releaseRun(runId, { reason: 'its host is gone' });

      await expect(release(raj, id)).rejects.toMatchObject({ statusCode: 409 });
      await ageRun(knex, id, 24 * 3_600_000);
      const stuck = {
        runId: id,
        requestedBy: 'user:default/ana',
        why: expect.stringContaining('has given no sign for 24 h'),
      };
      await expect(readStaging(ana)).resolves.toMatchObject({ stuck });
      await expect(ana.getRun(id)).resolves.toMatchObject({
        stuck,
        may: { release: { allowed: false } },
      });
      await expect(raj.getRun(id)).resolves.toMatchObject({
        may: { release: { allowed: true } },
      });
      await expect(release(ana, id)).rejects.toMatchObject({ statusCode: 403 });

      await expect(release(raj, id)).resolves.toMatchObject({
        state: {
          phase: 'errored',
          problem: {
            message: expect.stringMatching(
              /Released by raj: its host is gone\..*In staging now runs nothing/,
            ),
          },
        },
        stuck: null,
      });
      expect((await readStaging(ana)).stuck).toBeNull();
      expect(
        audited
          .filter(({ eventId }) => eventId === 'run-release')
          .map(({ outcome }) => outcome),
      ).toEqual(['ConflictError', 'NotAllowedError', 'succeeded']);
      letGo();
    });
  },
);
