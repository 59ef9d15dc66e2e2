import {
  createMockDirectory,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { JsonObject } from '@backstage/types';
import {
  DeploymentsClient,
  environmentNameSchema,
  EnvironmentState,
  LogLine,
  PlanRequest,
  Run,
  RunId,
  RunPhase,
} from '@slipway/plugin-deployments-common';
import { createGitRepository } from '../__testUtils__/createGitRepository';
import {
  createComponent,
  createManifest,
  manifestUrlOf,
  Policy,
  REVIEWERS,
  serviceRefOf,
  startPortal,
} from '../__testUtils__/startPortal';

jest.setTimeout(60_000);

const SHOP = serviceRefOf('shop');
const MAILER = serviceRefOf('mailer');
const STAGING = environmentNameSchema.parse('staging');
const PRODUCTION = environmentNameSchema.parse('production');

const PROMOTE: PlanRequest = { operation: 'promote', environment: PRODUCTION };
const ROLLBACK: PlanRequest = {
  operation: 'rollback',
  environment: PRODUCTION,
};

/** Ana develops, Lea does so and approves nothing, Raj reviews, Eve sees staging alone, Kim production alone, Gus is a guest. */
const POLICY: Policy = ({ user, permission, environment }) => {
  switch (user) {
    case 'user:default/ana':
      return permission !== 'deployments.cancel';
    case 'user:default/lea':
      return permission !== 'deployments.approve';
    case 'user:default/raj':
      return (
        permission === 'deployments.read' ||
        permission === 'deployments.approve'
      );
    case 'user:default/eve':
      return permission === 'deployments.read' && environment === 'staging';
    case 'user:default/kim':
      return environment === 'production';
    default:
      return false;
  }
};

const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_15'] });

describe.each(databases.eachSupportedId())(
  'DeploymentsService on %s',
  databaseId => {
    const directory = createMockDirectory();
    let stop: (() => Promise<unknown>) | undefined;

    afterEach(async () => {
      await stop?.();
    });

    async function start(
      options: { protection?: JsonObject; deployments?: JsonObject } = {},
    ) {
      directory.clear();
      const repository = createGitRepository(directory.resolve('shop'));
      repository.commit('First', { 'app.js': '1' }, 'v1.0.0');
      const manifest = createManifest({
        repository: repository.url,
        protection: options.protection,
      });
      const files = new Map<string, string | Error>([
        [manifestUrlOf('shop'), manifest],
        [manifestUrlOf('mailer'), manifest],
      ]);
      const portal = await startPortal({
        knex: await databases.init(databaseId),
        workDirectory: directory.resolve('work'),
        entities: [createComponent('shop'), createComponent('mailer')],
        files,
        policy: POLICY,
        deployments: options.deployments,
      });
      stop = () => portal.stop();
      return {
        ...portal,
        repository,
        files,
        ana: portal.as('user:default/ana'),
        lea: portal.as('user:default/lea'),
        raj: portal.as('user:default/raj'),
        eve: portal.as('user:default/eve'),
        kim: portal.as('user:default/kim'),
        guest: portal.as('user:default/gus'),
      };
    }

    it('given a commit, when it is deployed and what runs is promoted, then both environments run the very same release (P1, P3)', async () => {
      const { ana } = await start();

      const deployed = await carryOut(ana, deploy('v1.0.0'));
      const promoted = await carryOut(ana, PROMOTE);

      expect(promoted.to).toEqual(deployed.to);
      expect(promoted.steps.map(({ id }) => id)).toEqual(['switch', 'verify']);
      const [staging, production] = await readEnvironments(ana);
      expect(staging).toMatchObject({
        observed: { release: { version: '1.0.0' }, health: 'healthy' },
        deployed: { by: 'user:default/ana', runId: deployed.id },
        drift: [],
        ahead: {
          comparison: 'counted',
          of: 'production',
          commits: 0,
          behind: 0,
        },
        promotesFrom: null,
      });
      expect(production).toMatchObject({
        observed: { release: { version: '1.0.0' } },
        promotesFrom: 'staging',
        may: {
          promote: {
            allowed: false,
            reason: '1.0.0 already runs in production.',
          },
          rollback: {
            allowed: false,
            reason: 'There is no earlier release in production.',
          },
        },
      });
    });

    it('given a newer release in staging, then production says what waits, and a plan says what goes in (P2, P3)', async () => {
      const { ana, repository } = await start();
      await carryOut(ana, deploy('main'));
      await carryOut(ana, PROMOTE);
      repository.commit('Add pay');
      repository.commit('Fix cart', {}, 'v1.1.0');
      await carryOut(ana, deploy('main'));

      const [staging] = await readEnvironments(ana);
      expect(staging).toMatchObject({
        ahead: {
          comparison: 'counted',
          of: 'production',
          commits: 2,
          behind: 0,
        },
      });
      const { content } = await ana.createPlan(SHOP, PROMOTE);
      expect(content).toMatchObject({
        from: { version: '1.0.0' },
        to: { version: '1.1.0' },
        fromEnvironment: 'staging',
        commits: {
          direction: 'forward',
          total: 2,
          items: [{ subject: 'Fix cart' }, { subject: 'Add pay' }],
        },
        findings: [],
      });
    });

    it('given two releases, when production is rolled back, then the earlier one serves without being built (V4.2)', async () => {
      const { ana, repository } = await start();
      await carryOut(ana, deploy('main'));
      await carryOut(ana, PROMOTE);
      repository.commit('Second', {}, 'v1.1.0');
      await carryOut(ana, deploy('main'));
      await carryOut(ana, PROMOTE);

      const { content } = await ana.createPlan(SHOP, ROLLBACK);
      expect(content).toMatchObject({
        from: { version: '1.1.0' },
        to: { version: '1.0.0' },
        commits: { direction: 'backward', total: 1 },
      });
      const run = await carryOut(ana, ROLLBACK);

      expect(run.steps.map(({ id }) => id)).toEqual(['switch', 'verify']);
      const releases = await ana.listReleases(SHOP);
      expect(releases.map(({ version }) => version)).toEqual([
        '1.1.0',
        '1.0.0',
      ]);
      const { items, total } = await ana.listRuns(SHOP, {
        environment: PRODUCTION,
      });
      expect(total).toBe(3);
      expect(items.map(({ operation }) => operation)).toEqual([
        'rollback',
        'promote',
        'promote',
      ]);
      expect((await ana.createPlan(SHOP, PROMOTE)).usualMs).not.toBeNull();
    });

    it('given a release that fails its verification, then the run says so, the earlier one serves again, and it can be retried (V4.1)', async () => {
      const { ana, repository, target } = await start();
      await carryOut(ana, deploy('main'));
      repository.commit('Broken', {}, 'v1.1.0');
      target.refuse('1.1.0');

      const run = await carryOut(ana, deploy('main'), 'failed');

      expect(run).toMatchObject({
        state: { problem: { message: '1.1.0 answers 500' } },
        rolledBackTo: { version: '1.0.0' },
        may: { retry: { allowed: true }, cancel: { allowed: false } },
      });
      expect((await readEnvironments(ana))[0]).toMatchObject({
        observed: { release: { version: '1.0.0' } },
        drift: [],
      });
      const retried = await begin(ana, deploy(run.to.commitId));
      expect(retried).toMatchObject({
        operation: 'deploy',
        to: { version: '1.1.0' },
      });
      expect(retried.id).not.toBe(run.id);
    });

    describe('approvals (P6)', () => {
      const protection = { approvals: 1, approvers: [REVIEWERS] };

      async function startWaiting() {
        const portal = await start({ protection });
        await carryOut(portal.ana, deploy('main'));
        const run = await begin(portal.ana, PROMOTE, 'Release week');
        return { ...portal, run };
      }

      it('given a protected environment, when another person approves, then the run goes on', async () => {
        const { ana, raj, run, notifications } = await startWaiting();

        expect(run.state).toEqual({
          phase: 'waiting-for-approval',
          given: 0,
          needed: 1,
          expiresAt: null,
        });
        expect(run.may.approve).toEqual({
          allowed: false,
          reason: `Only members of reviewers can approve.`,
        });
        await expect(raj.listApprovals('mine')).resolves.toMatchObject({
          counts: { mine: 1, asked: 0, done: 0 },
          items: [
            {
              run: { id: run.id, reason: 'Release week' },
              may: { approve: { allowed: true } },
            },
          ],
        });
        await expect(ana.listApprovals('asked')).resolves.toMatchObject({
          counts: { mine: 0, asked: 1, done: 0 },
        });

        await raj.decideRun(run.id, {
          decision: 'approved',
          planHash: run.planHash,
        });
        await expect(finish(ana, run.id)).resolves.toMatchObject({
          state: { phase: 'succeeded' },
          approvals: [{ by: 'user:default/raj', decision: 'approved' }],
        });
        await expect(raj.listApprovals('done')).resolves.toMatchObject({
          counts: { mine: 0, asked: 0, done: 1 },
        });
        expect(notifications.send).toHaveBeenCalledWith(
          expect.objectContaining({
            recipients: {
              type: 'entity',
              entityRef: [REVIEWERS],
              excludeEntityRef: 'user:default/ana',
            },
          }),
        );
      });

      it('given a waiting run, when it is rejected, then a reason is needed, and the run ends with it', async () => {
        const { raj, run } = await startWaiting();
        const { planHash } = run;

        await expect(
          raj.decideRun(run.id, {
            decision: 'rejected',
            planHash,
            reason: ' ',
          }),
        ).rejects.toMatchObject(refusal(400, 'Say why you reject it.'));
        await expect(
          raj.decideRun(run.id, {
            decision: 'rejected',
            planHash,
            reason: 'Not on a Friday',
          }),
        ).resolves.toMatchObject({
          state: {
            phase: 'rejected',
            by: 'user:default/raj',
            reason: 'Not on a Friday',
          },
        });
      });

      it('given the person who asked, or one who is not in the groups, when they approve, then it is refused and audited', async () => {
        const { ana, audited, run } = await startWaiting();

        await expect(
          ana.decideRun(run.id, {
            decision: 'approved',
            planHash: run.planHash,
          }),
        ).rejects.toMatchObject(
          refusal(403, `Only members of reviewers can approve.`),
        );
        expect(audited).toContainEqual(
          expect.objectContaining({
            eventId: 'run-decide',
            severityLevel: 'high',
            outcome: 'NotAllowedError',
            meta: expect.objectContaining({
              by: 'user:default/ana',
              runId: run.id,
            }),
          }),
        );
      });

      it('given an approver who asked themselves, then another person must approve, unless the environment says so', async () => {
        const { ana } = await start({ protection: { approvals: 1 } });
        await carryOut(ana, deploy('main'));
        const run = await begin(ana, PROMOTE);

        expect(run.may.approve).toEqual({
          allowed: false,
          reason: 'Another person must approve.',
        });
        await expect(
          ana.decideRun(run.id, {
            decision: 'approved',
            planHash: run.planHash,
          }),
        ).rejects.toMatchObject(refusal(403, 'Another person must approve.'));
      });

      it('given a person without the permission to approve, then the list says whom to ask, as the run does', async () => {
        const { lea } = await start({ protection: { approvals: 1 } });
        await carryOut(lea, deploy('main'));
        const run = await begin(lea, PROMOTE);
        const approve = {
          allowed: false,
          reason: 'You need deployments.approve on production. Ask shop-team.',
        };

        expect(run.may.approve).toEqual(approve);
        await expect(lea.listApprovals('asked')).resolves.toMatchObject({
          items: [{ run: { id: run.id }, may: { approve } }],
        });
      });

      it('given a hash of another plan, when it is approved, then it is refused', async () => {
        const { raj, ana, run } = await startWaiting();
        const other = await ana.createPlan(SHOP, deploy('main', PRODUCTION));

        await expect(
          raj.decideRun(run.id, {
            decision: 'approved',
            planHash: other.hash,
          }),
        ).rejects.toMatchObject(
          refusal(409, /^The plan changed: .*\. Review again\.$/),
        );
      });

      it('given minimum protection in app-config, then a manifest without any cannot go around it', async () => {
        const { ana } = await start({
          protection: { approvals: 0, selfApproval: true },
          deployments: {
            minimumProtection: [{ environments: ['production'], approvals: 2 }],
          },
        });
        await carryOut(ana, deploy('main'));

        const { content } = await ana.createPlan(SHOP, PROMOTE);
        expect(content.approvals).toEqual({
          needed: 2,
          groups: [],
          selfApproval: false,
        });
        expect((await begin(ana, PROMOTE)).state.phase).toBe(
          'waiting-for-approval',
        );
      });

      it('given a waiting run of one’s own, when it is cancelled, then it ends, without any permission to cancel', async () => {
        const { ana, raj, run } = await startWaiting();

        await expect(raj.cancelRun(run.id)).rejects.toMatchObject(
          refusal(
            403,
            'You need deployments.cancel on production. Ask shop-team.',
          ),
        );
        await expect(ana.cancelRun(run.id)).resolves.toMatchObject({
          state: { phase: 'cancelled', by: 'user:default/ana' },
        });
        await expect(ana.cancelRun(run.id)).rejects.toMatchObject(
          refusal(409, /finished/),
        );
      });
    });

    it('given a plan, when another run changed the environment before it is started, then it is refused and says what changed', async () => {
      const { ana, repository } = await start();
      const stale = await ana.createPlan(SHOP, deploy('main'));
      repository.commit('Second', {}, 'v1.1.0');
      await carryOut(ana, deploy('main'));

      await expect(
        ana.startRun({ planHash: stale.hash }),
      ).rejects.toMatchObject(
        refusal(
          409,
          /^The plan changed: staging now runs 1\.1\.0, .*\. Review again\.$/,
        ),
      );
    });

    it('given a plan, when the manifest says something else before it is started, then it is refused', async () => {
      const { ana, files } = await start();
      const stale = await ana.createPlan(SHOP, deploy('main'));
      files.set(
        manifestUrlOf('shop'),
        String(files.get(manifestUrlOf('shop'))).replace('8080', '8090'),
      );

      await expect(
        ana.startRun({ planHash: stale.hash }),
      ).rejects.toMatchObject(
        refusal(409, 'The plan changed: the manifest changed. Review again.'),
      );
    });

    it('given a release that runs and is healthy, when it is deployed again, then the plan says so and is not run', async () => {
      const { ana } = await start();
      await carryOut(ana, deploy('main'));
      const plan = await ana.createPlan(SHOP, deploy('main'));

      expect(plan.content.findings).toEqual([
        {
          severity: 'blocking',
          message: '1.0.0 already runs in staging, and is healthy.',
          mend: 'There is nothing to do.',
        },
      ]);
      await expect(ana.startRun({ planHash: plan.hash })).rejects.toMatchObject(
        refusal(
          409,
          '1.0.0 already runs in staging, and is healthy. There is nothing to do.',
        ),
      );
    });

    it('given a release that runs and is healthy, when the configuration changes, then it can be deployed again', async () => {
      const { ana, target } = await start();
      await carryOut(ana, deploy('main'));
      target.configuration = [
        { name: 'LOG_LEVEL', change: 'changed', secret: false },
      ];

      await expect(carryOut(ana, deploy('main'))).resolves.toMatchObject({
        state: { phase: 'succeeded' },
      });
    });

    it('given a step under way when the portal stops, then it comes to its end before the target closes its connections', async () => {
      const { ana, target, stop: stopPortal } = await start();
      const release = target.hold('build');
      const { id } = await begin(ana, deploy('main'));
      await until(
        () => ana.getRun(id),
        ({ steps }) => steps[0].status === 'started',
      );

      const stopped = stopPortal();
      stop = undefined;
      release();
      await stopped;

      expect(target.events).toEqual(['build', 'close']);
    });

    it('given a run that has not verified its release yet, then that release is not promoted before it has', async () => {
      const { ana, target } = await start();
      const release = target.hold('verify');
      const { id } = await begin(ana, deploy('main'));
      await until(
        () => ana.getRun(id),
        ({ steps }) =>
          steps.some(step => step.id === 'verify' && step.status === 'started'),
      );

      const { content } = await ana.createPlan(SHOP, PROMOTE);
      expect(content.findings).toMatchObject([
        {
          severity: 'blocking',
          message: expect.stringMatching(/into staging is not finished/),
        },
      ]);

      release();
      await finish(ana, id);
      await carryOut(ana, PROMOTE);
    });

    it('given a target that is out of reach, then the page says so and nothing is run on it', async () => {
      const { ana, target } = await start();
      target.placeOf(SHOP, STAGING).reachable = false;
      const plan = await ana.createPlan(SHOP, deploy('main'));

      expect(plan.content.findings).toMatchObject([
        {
          severity: 'blocking',
          message: 'staging cannot be asked what it runs: connection refused',
          mend: 'Start it.',
        },
      ]);
      expect((await readEnvironments(ana))[0]).toMatchObject({
        observed: { reach: 'unreachable' },
      });
      await expect(ana.createPlan(SHOP, PROMOTE)).rejects.toMatchObject(
        refusal(409, /cannot be asked what it runs/),
      );
    });

    it('given something that runs and was not deployed from here, then it is drift, and a plan warns', async () => {
      const { ana, target } = await start();
      await carryOut(ana, deploy('main'));
      const foreign = {
        id: null,
        version: '9.9',
        commitId: null,
        digest: null,
      };
      target.placeOf(SHOP, STAGING).releases.unshift(foreign);

      const { content } = await ana.createPlan(SHOP, deploy('main'));
      expect(content.from).toBeNull();
      expect(content.findings).toMatchObject([
        {
          severity: 'warning',
          message: 'staging runs 9.9, which was not deployed from here.',
        },
      ]);
      expect((await readEnvironments(ana))[0]).toMatchObject({
        drift: [{ what: 'release', expected: '1.0.0', actual: '9.9' }],
      });
      await expect(ana.createPlan(SHOP, PROMOTE)).rejects.toMatchObject(
        refusal(409, /not deployed from here/),
      );
    });

    it.each([
      [
        'a commit that does not exist',
        deploy('f'.repeat(40)),
        404,
        /no branch/,
      ],
      [
        'a ref that is an option',
        deploy('--upload-pack=id'),
        400,
        /not a branch/,
      ],
      [
        'an environment that does not exist',
        deploy('main', environmentNameSchema.parse('moon')),
        404,
        /has no environment moon; its manifest has staging, production/,
      ],
      [
        'a promotion into the first environment',
        { operation: 'promote', environment: STAGING } as const,
        400,
        /staging is the first environment/,
      ],
      ['a promotion of nothing', PROMOTE, 409, /Nothing runs in staging yet/],
      [
        'a rollback to nothing',
        { operation: 'rollback', environment: STAGING } as const,
        409,
        /no earlier release in staging/,
      ],
    ])(
      'given %s, when it is planned, then the answer says what is wrong',
      async (_, request, status, message) => {
        const { ana } = await start();

        await expect(ana.createPlan(SHOP, request)).rejects.toMatchObject(
          refusal(status, message),
        );
      },
    );

    describe('manifests', () => {
      it('given a wrong manifest of one service, then it says line and mend, and no other service notices', async () => {
        const { ana, files } = await start();
        files.set(
          manifestUrlOf('shop'),
          'apiVersion: slipway.dev/v1\nrepository: file:///shop\nenvironments:\n  - name: staging\n    target: {kind: memori, connection: host-1}\n',
        );

        await expect(ana.getService(SHOP)).resolves.toEqual({
          serviceRef: SHOP,
          environments: [],
          manifest: {
            status: 'invalid',
            url: manifestUrlOf('shop'),
            problems: [
              {
                message: 'Kind `memori` is not installed.',
                mend: 'Did you mean `memory`?',
                file: 'deploy.yaml',
                line: 5,
                column: 20,
              },
            ],
          },
        });
        await expect(
          ana.createPlan(SHOP, deploy('main')),
        ).rejects.toMatchObject(
          refusal(
            404,
            /its manifest is wrong: deploy\.yaml:5: Kind `memori` is not installed\. Did you mean/,
          ),
        );
        await expect(ana.getService(MAILER)).resolves.toMatchObject({
          manifest: { status: 'valid' },
          environments: [{ access: 'open' }, { access: 'open' }],
        });
        await carryOut(ana, deploy('main'), 'succeeded', MAILER);
      });

      it.each<{
        what: string;
        answer: string | Error | undefined;
        status: string;
        obstacle: RegExp;
        refused: number;
      }>([
        {
          what: 'became wrong',
          answer: 'no: manifest',
          status: 'invalid',
          obstacle: /its manifest is wrong: deploy\.yaml/,
          refused: 404,
        },
        {
          what: 'was taken away',
          answer: undefined,
          status: 'missing',
          obstacle: /There is no manifest at/,
          refused: 404,
        },
        {
          what: 'cannot be read',
          answer: new Error('503 Service Unavailable'),
          status: 'missing',
          obstacle: /could not be read/,
          refused: 503,
        },
      ])(
        'given a manifest that $what, then its environments are still there and can be rolled back, and nothing else is done to them',
        async ({ answer, status, obstacle, refused }) => {
          const { ana, files, repository } = await start();
          await carryOut(ana, deploy('v1.0.0'));
          repository.commit('Second', {}, 'v1.1.0');
          await carryOut(ana, deploy('main'));
          if (answer === undefined) {
            files.delete(manifestUrlOf('shop'));
          } else {
            files.set(manifestUrlOf('shop'), answer);
          }

          await expect(
            ana.createPlan(SHOP, deploy('main')),
          ).rejects.toMatchObject(refusal(refused, obstacle));
          const no = {
            allowed: false,
            reason: expect.stringMatching(obstacle),
          };
          await expect(ana.getService(SHOP)).resolves.toMatchObject({
            manifest: { status },
            environments: [
              {
                observed: { release: { version: '1.1.0' } },
                may: { deploy: no, promote: no, rollback: { allowed: true } },
              },
              { may: { deploy: no, promote: no } },
            ],
          });
          await expect(
            carryOut(ana, { operation: 'rollback', environment: STAGING }),
          ).resolves.toMatchObject({ to: { version: '1.0.0' } });
        },
      );

      it('given no manifest where the annotation says, and none ever, then it is missing', async () => {
        const { ana, files } = await start();
        files.delete(manifestUrlOf('shop'));

        await expect(ana.getService(SHOP)).resolves.toMatchObject({
          manifest: {
            status: 'missing',
            message: `There is no manifest at ${manifestUrlOf('shop')}.`,
          },
          environments: [],
        });
        await expect(ana.listRuns(SHOP)).resolves.toMatchObject({ total: 0 });
        await expect(ana.listReleases(SHOP)).resolves.toEqual([]);
      });

      it('given a forge that does not answer, then the page says so, and planning is to be tried again', async () => {
        const { ana, files } = await start();
        files.set(manifestUrlOf('shop'), new Error('503 Service Unavailable'));

        await expect(ana.getService(SHOP)).resolves.toMatchObject({
          manifest: {
            status: 'missing',
            message: expect.stringMatching(/could not be read: .*503/),
          },
        });
        await expect(
          ana.createPlan(SHOP, deploy('main')),
        ).rejects.toMatchObject(refusal(503, /could not be read: .*503/));
      });

      it('given a forge that does not answer when an approved run has its turn, then the run waits for it', async () => {
        const { ana, raj, files } = await start({
          protection: { approvals: 1 },
        });
        await carryOut(ana, deploy('main'));
        const { id, planHash } = await begin(ana, PROMOTE);
        const manifest = String(files.get(manifestUrlOf('shop')));
        files.set(manifestUrlOf('shop'), new Error('503 Service Unavailable'));
        const read = jest.spyOn(files, 'get');

        await raj.decideRun(id, { decision: 'approved', planHash });
        await until(
          () => ana.getRun(id),
          () => read.mock.calls.length > 0,
        );
        files.set(manifestUrlOf('shop'), manifest);

        await expect(finish(ana, id)).resolves.toMatchObject({
          state: { phase: 'succeeded' },
        });
      });

      it('given a manifest of 5 MB, then it is refused without being parsed', async () => {
        const { ana, files } = await start();
        files.set(manifestUrlOf('shop'), `a: ${'x'.repeat(5 * 1024 * 1024)}`);

        await expect(ana.getService(SHOP)).resolves.toMatchObject({
          manifest: {
            status: 'invalid',
            problems: [{ message: 'The manifest is larger than 1 MB.' }],
          },
        });
      });

      it('given a manifest that breaks while a run is under way, then the run ends well all the same', async () => {
        const { ana, files, target } = await start();
        await carryOut(ana, deploy('main'));
        const release = target.hold();
        const run = await begin(ana, PROMOTE);
        await reach(ana, run.id, 'running');
        files.set(manifestUrlOf('shop'), 'no: manifest');
        release();

        await expect(finish(ana, run.id)).resolves.toMatchObject({
          state: { phase: 'succeeded' },
        });
      });

      it('given a component that does not exist, then it is not found', async () => {
        const { ana } = await start();

        await expect(
          ana.getService(serviceRefOf('nowhere')),
        ).rejects.toMatchObject(
          refusal(404, 'There is no component component:default/nowhere.'),
        );
      });
    });

    describe('permissions (P6)', () => {
      it('given a guest, then every environment is forbidden, nothing is told of it, and every act is refused', async () => {
        const { ana, guest, audited } = await start();
        const run = await carryOut(ana, deploy('main'));

        await expect(guest.getService(SHOP)).resolves.toMatchObject({
          environments: [
            {
              access: 'forbidden',
              name: 'staging',
              permission: 'deployments.read',
            },
            { access: 'forbidden', name: 'production' },
          ],
        });
        await expect(
          guest.createPlan(SHOP, deploy('main')),
        ).rejects.toMatchObject(
          refusal(
            403,
            `You need deployments.deploy on staging. Ask shop-team.`,
          ),
        );
        for (const attempt of [
          guest.getRun(run.id),
          guest.getLog(run.id),
          guest.waitForRun(run.id, 0),
          guest.cancelRun(run.id),
          guest.getPlan(run.planHash),
          guest.startRun({ planHash: run.planHash }),
          guest.listReleases(SHOP),
          guest.listRuns(SHOP),
          guest.listRequesters(SHOP),
          guest.decideRun(run.id, {
            decision: 'approved',
            planHash: run.planHash,
          }),
          collect(guest.followLog(run.id, { after: 0 })),
        ]) {
          await expect(attempt).rejects.toMatchObject(
            refusal(403, /You need deployments\./),
          );
        }
        await expect(guest.listApprovals('mine')).resolves.toMatchObject({
          counts: { mine: 0, asked: 0, done: 0 },
        });
        expect(audited).toContainEqual(
          expect.objectContaining({
            eventId: 'plan-create',
            outcome: 'NotAllowedError',
            meta: expect.objectContaining({ by: 'user:default/gus' }),
          }),
        );
      });

      it('given a person who may read one environment, then they see its runs alone', async () => {
        const { ana, eve } = await start();
        await carryOut(ana, deploy('main'));
        await carryOut(ana, PROMOTE);

        const { items, total } = await eve.listRuns(SHOP);
        expect(total).toBe(1);
        expect(items.map(({ environment }) => environment)).toEqual([STAGING]);
        await expect(
          eve.listRuns(SHOP, { environment: PRODUCTION }),
        ).resolves.toMatchObject({ items: [], total: 0 });
        expect(await eve.getService(SHOP)).toMatchObject({
          environments: [
            {
              access: 'open',
              may: {
                deploy: {
                  allowed: false,
                  reason: `You need deployments.deploy on staging. Ask shop-team.`,
                },
              },
            },
            { access: 'forbidden' },
          ],
        });
      });

      it('given people who asked for runs, then those are named who asked in environments that the caller may read', async () => {
        const { ana, kim, raj, eve } = await start();
        await carryOut(ana, deploy('main'));
        await carryOut(kim, {
          operation: 'deploy',
          environment: PRODUCTION,
          ref: 'main',
        });

        await expect(raj.listRequesters(SHOP)).resolves.toEqual([
          'user:default/ana',
          'user:default/kim',
        ]);
        await expect(eve.listRequesters(SHOP)).resolves.toEqual([
          'user:default/ana',
        ]);
      });

      it('given a person who may not read a run, when they cancel or decide it or read its log, then the audit says who tried', async () => {
        const { ana, guest, audited } = await start();
        const run = await carryOut(ana, deploy('main'));
        const { id, planHash } = run;
        await ana.getLog(id);
        audited.length = 0;

        for (const act of [
          () => guest.cancelRun(id),
          () => guest.decideRun(id, { decision: 'approved', planHash }),
          () => guest.getLog(id),
        ]) {
          await expect(act()).rejects.toMatchObject({ statusCode: 403 });
        }

        const meta = {
          runId: id,
          environment: 'staging',
          by: 'user:default/gus',
        };
        expect(audited).toMatchObject([
          { eventId: 'run-cancel', outcome: 'NotAllowedError', meta },
          { eventId: 'run-decide', outcome: 'NotAllowedError', meta },
          {
            eventId: 'run-log-read',
            severityLevel: 'low',
            outcome: 'NotAllowedError',
            meta,
          },
        ]);
      });

      it('given a person who may not read where a release comes from, then they cannot promote it, and learn why', async () => {
        const { ana, kim } = await start();
        await carryOut(ana, deploy('main'));
        const plan = await ana.createPlan(SHOP, PROMOTE);
        const wanting = /^You need deployments\.read on staging\./;

        for (const act of [
          kim.createPlan(SHOP, PROMOTE),
          kim.createPlan(SHOP, { ...PROMOTE, fromEnvironment: STAGING }),
          kim.startRun({ planHash: plan.hash }),
        ]) {
          await expect(act).rejects.toMatchObject(refusal(403, wanting));
        }
        expect((await kim.getService(SHOP)).environments).toMatchObject([
          { access: 'forbidden' },
          {
            may: {
              promote: {
                allowed: false,
                reason: expect.stringMatching(wanting),
              },
            },
          },
        ]);
      });

      it('given everything that changes something, then it is in the audit with who, what and how it ended', async () => {
        const { ana, audited } = await start();
        const run = await carryOut(ana, deploy('main'));

        expect(audited).toEqual([
          expect.objectContaining({
            eventId: 'plan-create',
            severityLevel: 'low',
            outcome: 'succeeded',
            meta: expect.objectContaining({ planHash: run.planHash }),
          }),
          expect.objectContaining({
            eventId: 'run-start',
            severityLevel: 'medium',
            outcome: 'succeeded',
            meta: expect.objectContaining({
              by: 'user:default/ana',
              serviceRef: SHOP,
              environment: 'staging',
              version: '1.0.0',
              runId: run.id,
            }),
          }),
        ]);
      });
    });

    it('given two who want the same release there at once, then one runs, the other waits its turn, and none is cancelled', async () => {
      const { ana, kim, target } = await start();
      await carryOut(ana, deploy('main'));
      const release = target.hold();
      const promotion = await ana.createPlan(SHOP, PROMOTE);
      const deployment = await kim.createPlan(SHOP, {
        operation: 'deploy',
        environment: PRODUCTION,
        ref: 'main',
      });
      const [first, second] = await Promise.all([
        ana.startRun({ planHash: promotion.hash }),
        kim.startRun({ planHash: deployment.hash }),
      ]);
      const state = await until(
        () => readEnvironments(ana),
        ([, production]) =>
          production.access === 'open' &&
          production.activeRun !== null &&
          production.queue.length === 1,
      );
      expect(state[1]).toMatchObject({
        queue: [{ state: { phase: 'queued', position: 1 } }],
      });
      release();

      const ends = await Promise.all(
        [first, second].map(({ id }) => finish(ana, id)),
      );
      expect(ends.map(run => run.state.phase).sort()).toEqual([
        'rejected',
        'succeeded',
      ]);
    });

    it('given a run under way, when its log is followed, then each line comes once, from any line on, to the end (P3)', async () => {
      const { ana, target } = await start();
      const release = target.hold();
      const run = await begin(ana, deploy('main'));
      await reach(ana, run.id, 'running');
      const followed = collect(ana.followLog(run.id, { after: 0 }));
      release();

      const lines = await followed;
      expect(lines.map(({ line }) => line)).toEqual(
        lines.map((_, index) => index + 1),
      );
      expect(lines).toContainEqual(
        expect.objectContaining({ text: 'built 1.0.0', stream: 'stdout' }),
      );
      await expect(ana.getLog(run.id, { limit: 1 })).resolves.toEqual({
        lines: [lines[0]],
        total: lines.length,
        finished: true,
      });
      await expect(
        collect(ana.followLog(run.id, { after: lines.length - 1 })),
      ).resolves.toEqual(lines.slice(-1));
    });

    it('given a run that is not finished, when one waits for it, then the answer comes in time, as it then is', async () => {
      const { ana, target } = await start();
      const release = target.hold();
      const run = await begin(ana, deploy('main'));

      const waiting = await ana.waitForRun(run.id, 1);
      expect(['queued', 'running']).toContain(waiting.state.phase);
      release();
      await finish(ana, run.id);
    });

    it('given changes, then the screens are told of the service and the run, and nothing else', async () => {
      const { ana, signals } = await start();
      const run = await carryOut(ana, deploy('main'));

      expect(signals.publish).toHaveBeenCalledWith({
        channel: 'deployments:changed',
        recipients: { type: 'broadcast' },
        message: { serviceRef: SHOP, runId: run.id },
      });
    });
  },
);

function deploy(ref: string, environment = STAGING): PlanRequest {
  return { operation: 'deploy', environment, ref };
}

async function begin(
  api: DeploymentsClient,
  request: PlanRequest,
  reason?: string,
  service = SHOP,
): Promise<Run> {
  const plan = await api.createPlan(service, request);
  return api.startRun({ planHash: plan.hash, reason });
}

async function carryOut(
  api: DeploymentsClient,
  request: PlanRequest,
  phase: RunPhase = 'succeeded',
  service = SHOP,
): Promise<Run> {
  const { id } = await begin(api, request, undefined, service);
  const run = await finish(api, id);
  expect(run.state).toMatchObject({ phase });
  return run;
}

function finish(api: DeploymentsClient, id: RunId): Promise<Run> {
  return api.waitForRun(id, 30_000);
}

function reach(
  api: DeploymentsClient,
  id: RunId,
  phase: RunPhase,
): Promise<Run> {
  return until(
    () => api.getRun(id),
    run => run.state.phase === phase,
  );
}

/** Reads again until it is as expected; the test's own time limit ends it. */
async function until<T>(
  read: () => Promise<T>,
  isExpected: (value: T) => boolean,
): Promise<T> {
  for (;;) {
    const value = await read();
    if (isExpected(value)) {
      return value;
    }
  }
}

async function readEnvironments(
  api: DeploymentsClient,
): Promise<EnvironmentState[]> {
  return (await api.getService(SHOP)).environments;
}

async function collect(batches: AsyncIterable<LogLine[]>): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for await (const batch of batches) {
    lines.push(...batch);
  }
  return lines;
}

/** What the API answers when it says no. */
function refusal(statusCode: number, message: string | RegExp): object {
  return {
    name: 'ResponseError',
    statusCode,
    body: {
      error: {
        message:
          typeof message === 'string'
            ? message
            : expect.stringMatching(message),
      },
    },
  };
}
