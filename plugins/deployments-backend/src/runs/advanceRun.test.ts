import { digestSchema } from '@slipway/plugin-deployments-common';
import {
  Secret,
  StepErroredError,
  StepFailedError,
} from '@slipway/plugin-deployments-node';
import { createTestDatabases } from '../__testUtils__/createTestDatabases';
import { Gate } from '../__testUtils__/Gate';
import { ANA, RAJ, Runs, SHOP, startRuns } from '../__testUtils__/startRuns';
import { migrateDatabase } from '../stores';
import { describeDeployed } from './describeRuns';

jest.setTimeout(60_000);

const databases = createTestDatabases();

describe.each(databases.eachSupportedId())('advanceRun on %s', databaseId => {
  async function start(options: { secrets?: Map<string, Secret> } = {}) {
    const knex = await databases.init(databaseId);
    await migrateDatabase(knex);
    return startRuns({ knex, ...options });
  }

  /** A portal whose production runs 1.0.0. */
  async function startWithFirstRelease(): Promise<Runs> {
    const runs = await start();
    await runs.end(await runs.deploy({ version: '1.0.0' }));
    return runs;
  }

  const productionOf = ({ target }: Runs) =>
    target.world.placeOf(SHOP, 'production');

  it('given a release, when it is deployed, then users get it, the target was asked, and the run says so (P3, V3.1)', async () => {
    const runs = await start();

    const run = await runs.end(await runs.deploy({ version: '1.0.0' }));

    expect(run).toMatchObject({
      state: { phase: 'succeeded' },
      from: null,
      to: { version: '1.0.0' },
      rolledBackTo: null,
      steps: ['build', 'upload', 'switch', 'restart', 'verify'].map(
        (id, index) => ({ index, id, stage: 'main', status: 'succeeded' }),
      ),
    });
    expect(productionOf(runs).running?.version).toBe('1.0.0');
    await expect(
      runs.stores.observedStates.get(SHOP, 'production'),
    ).resolves.toMatchObject({ release: { version: '1.0.0' } });
    await expect(
      describeDeployed({
        stores: runs.stores,
        serviceRef: SHOP,
        environment: 'production',
      }),
    ).resolves.toMatchObject({
      release: { version: '1.0.0' },
      runId: run.id,
      by: ANA,
    });
  });

  it('given a release that was built, when it goes to another environment, then it is not built again', async () => {
    const runs = await startWithFirstRelease();

    const run = await runs.end(
      await runs.deploy({ version: '1.0.0', environment: 'staging' }),
    );

    expect(run.steps.map(({ id }) => id)).not.toContain('build');
    expect(
      runs.target.world.acts.filter(({ step }) => step === 'build'),
    ).toHaveLength(1);
  });

  it('given steps that hand on what they found, then later steps and those of the way back get it, and artifacts once recorded', async () => {
    const runs = await startWithFirstRelease();
    const seen: unknown[] = [];
    runs.target.after('upload', async () => ({ output: { directory: '/r' } }));
    runs.target.before('verify', async context => {
      seen.push(context.outputs, context.release.artifacts.length);
    });

    await runs.end(await runs.deploy({ version: '1.1.0' }));

    expect(seen).toEqual([{ upload: { directory: '/r' } }, 1]);
  });

  it.each([
    ['says no', new StepFailedError('tests fail', 'Mend them.'), 'failed'],
    [
      'cannot be done',
      new StepErroredError('no space', 'Make room.'),
      'errored',
    ],
    ['breaks', new TypeError('undefined is not a function'), 'errored'],
  ] as const)(
    'given a step before the switch that %s, then what was prepared is taken back and nothing changed for users (V5.1)',
    async (_, error, phase) => {
      const runs = await startWithFirstRelease();
      runs.target.after('upload', async () => {
        throw error;
      });

      const run = await runs.end(await runs.deploy({ version: '1.1.0' }));

      expect(run).toMatchObject({
        state: {
          phase,
          problem: {
            step: 'upload',
            message: error.message,
            ...('mend' in error && { mend: error.mend }),
          },
        },
        rolledBackTo: null,
        steps: [
          { id: 'build', status: 'succeeded' },
          { id: 'upload', status: phase },
          { id: 'switch', status: 'skipped' },
          { id: 'restart', status: 'skipped' },
          { id: 'verify', status: 'skipped' },
        ],
      });
      expect([...productionOf(runs).uploaded]).toEqual([
        productionOf(runs).running?.id,
      ]);
      expect(productionOf(runs).running?.version).toBe('1.0.0');
      expect((await runs.logOf(run.id)).join('\n')).toContain(error.message);
    },
  );

  it('given that taking back fails, then the rest is taken back all the same, and the run ends errored and says both', async () => {
    const runs = await startWithFirstRelease();
    runs.target.after('upload', async () => {
      throw new StepFailedError('bad archive');
    });
    runs.target.beforeUndo('upload', async () => {
      throw new Error('connection lost');
    });

    const run = await runs.end(await runs.deploy({ version: '1.1.0' }));

    expect(run.state).toEqual({
      phase: 'errored',
      problem: {
        step: 'upload',
        message:
          'bad archive. “Upload release” could not be taken back: connection lost',
      },
    });
  });

  it('given a failure after the switch, then the previous release serves again and the run says so (V4.1)', async () => {
    const runs = await startWithFirstRelease();
    runs.target.refuse('1.1.0');

    const run = await runs.end(await runs.deploy({ version: '1.1.0' }));

    expect(run).toMatchObject({
      state: {
        phase: 'failed',
        problem: { step: 'verify', message: '1.1.0 answers 500' },
      },
      rolledBackTo: { version: '1.0.0' },
      steps: [
        { id: 'build', stage: 'main', status: 'succeeded' },
        { id: 'upload', stage: 'main', status: 'succeeded' },
        { id: 'switch', stage: 'main', status: 'succeeded' },
        { id: 'restart', stage: 'main', status: 'succeeded' },
        { id: 'verify', stage: 'main', status: 'failed' },
        { id: 'switch', stage: 'recover', status: 'succeeded' },
        { id: 'restart', stage: 'recover', status: 'succeeded' },
      ],
    });
    expect(productionOf(runs).running?.version).toBe('1.0.0');
    await expect(
      describeDeployed({
        stores: runs.stores,
        serviceRef: SHOP,
        environment: 'production',
      }),
    ).resolves.toMatchObject({ release: { version: '1.0.0' }, runId: run.id });
  });

  it('given a first deployment that fails after the switch, then there is nothing to say it was rolled back to', async () => {
    const runs = await start();
    runs.target.refuse('1.0.0');

    const run = await runs.end(await runs.deploy({ version: '1.0.0' }));

    expect(run).toMatchObject({
      state: { phase: 'failed' },
      rolledBackTo: null,
    });
    expect(productionOf(runs).running).toBeNull();
  });

  it('given that the way back fails too, then the run ends errored and says what runs', async () => {
    const runs = await startWithFirstRelease();
    runs.target.refuse('1.1.0');
    runs.target.before('restart', async ({ idempotencyKey }) => {
      if (idempotencyKey.includes(':recover:')) {
        throw new StepErroredError('host is gone', 'Start the host.');
      }
    });

    const run = await runs.end(await runs.deploy({ version: '1.1.0' }));

    expect(run).toMatchObject({
      state: {
        phase: 'errored',
        problem: {
          step: 'verify',
          message:
            '1.1.0 answers 500. Then the way back failed at “Restart”: host is gone. In production now runs 1.1.0, healthy.',
          mend: 'Start the host.',
        },
      },
      rolledBackTo: null,
    });
  });

  it('given a step that takes longer than it may, then it is aborted and the run ends errored', async () => {
    const runs = await startWithFirstRelease();
    runs.target.stepTimeoutMs = 20;
    runs.target.before(
      'upload',
      ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new Error('killed')));
        }),
    );

    const run = await runs.end(await runs.deploy({ version: '1.1.0' }));

    expect(run.state).toMatchObject({
      phase: 'errored',
      problem: {
        step: 'upload',
        message: 'It took longer than the 20 ms that it may',
      },
    });
  });

  it('given a step that does not heed its signal, then it is left alone after its time', async () => {
    const runs = await startWithFirstRelease();
    runs.target.stepTimeoutMs = 20;
    runs.target.before('upload', () => new Promise(() => {}));

    const run = await runs.end(await runs.deploy({ version: '1.1.0' }));

    expect(run.state).toMatchObject({ phase: 'errored' });
  });

  it('given another run that built the release meanwhile with another content, then this one fails before the switch', async () => {
    const runs = await startWithFirstRelease();
    runs.target.before('build', async ({ release }) => {
      await runs.stores.releases.recordArtifacts(release.id, [
        {
          type: 'image',
          name: 'api',
          repository: 'api',
          digest: digestSchema.parse(`sha256:${'a'.repeat(64)}`),
        },
      ]);
    });

    const run = await runs.end(await runs.deploy({ version: '1.1.0' }));

    expect(run.state).toMatchObject({
      phase: 'errored',
      problem: { step: 'build' },
    });
    expect(productionOf(runs).running?.version).toBe('1.0.0');
  });

  describe('secrets (V8.1)', () => {
    const secrets = new Map([
      ['PASSWORD', new Secret('db', 'hunter2-hunter2')],
    ]);

    it('given a secret in what steps write and throw, then neither log nor problem shows it', async () => {
      const runs = await start({ secrets });
      runs.target.before('upload', async ({ log }) => {
        log.stdout('connecting with hunter2-');
        log.stdout('hunter2 to db\n');
        log.stderr('\u001b[31mhunter2\u001b[0m-hunter2');
        throw new StepFailedError(
          'login hunter2-hunter2 refused',
          'Change hunter2-hunter2.',
        );
      });

      const run = await runs.end(await runs.deploy({ version: '1.0.0' }));

      expect(run.state).toMatchObject({
        problem: { message: 'login *** refused', mend: 'Change ***.' },
      });
      const log = await runs.logOf(run.id);
      expect(log.slice(0, 3)).toEqual([
        'connecting with *** to db',
        'Upload release failed: login *** refused',
        'Change ***.',
      ]);
      expect(log).toContain('***');
      expect(log.join('\n')).not.toContain('hunter2');
    });

    it('given a step that returns a secret, then it is not kept and the run ends errored', async () => {
      const runs = await start({ secrets });
      runs.target.before('upload', async () => ({
        output: { url: 'postgres://hunter2-hunter2@db' },
      }));

      const run = await runs.end(await runs.deploy({ version: '1.0.0' }));

      expect(run.state).toMatchObject({
        phase: 'errored',
        problem: {
          message: 'The step returned a secret, which must not be kept',
        },
      });
    });
  });

  describe('cancel', () => {
    it('given a run before its switch, when it is cancelled, then it stops after its step and takes back what it did', async () => {
      const runs = await startWithFirstRelease();
      const gate = new Gate();
      runs.target.before('upload', () => gate.pass());
      const runId = await runs.deploy({ version: '1.1.0' });
      await gate.reached;

      await runs.controller.cancel({ runId, by: RAJ });
      await expect(runs.view(runId)).resolves.toMatchObject({
        state: { phase: 'running', step: 2, steps: 5, cancelRequestedBy: RAJ },
      });
      gate.open();

      await expect(runs.end(runId)).resolves.toMatchObject({
        state: { phase: 'cancelled', by: RAJ },
        rolledBackTo: null,
        steps: [
          { id: 'build', status: 'succeeded' },
          { id: 'upload', status: 'undone' },
          { id: 'switch', status: 'skipped' },
          { id: 'restart', status: 'skipped' },
          { id: 'verify', status: 'skipped' },
        ],
      });
      expect(productionOf(runs).uploaded.size).toBe(1);
      expect(productionOf(runs).running?.version).toBe('1.0.0');
    });

    it('given a run whose switch has begun, when it is cancelled, then that is refused and the run goes on', async () => {
      const runs = await startWithFirstRelease();
      const gate = new Gate();
      runs.target.before('switch', () => gate.pass());
      const runId = await runs.deploy({ version: '1.1.0' });
      await gate.reached;

      await expect(runs.controller.cancel({ runId, by: ANA })).rejects.toThrow(
        'Let this run finish, and roll back',
      );
      gate.open();

      await expect(runs.end(runId)).resolves.toMatchObject({
        state: { phase: 'succeeded' },
      });
    });

    it('given a run that is taking back what it did, or one that is finished, when it is cancelled, then that is refused', async () => {
      const runs = await startWithFirstRelease();
      const gate = new Gate();
      runs.target.after('upload', async () => {
        throw new StepFailedError('no');
      });
      runs.target.beforeUndo('upload', async () => gate.pass());
      const runId = await runs.deploy({ version: '1.1.0' });
      await gate.reached;

      await expect(runs.controller.cancel({ runId, by: ANA })).rejects.toThrow(
        'already taking back',
      );
      gate.open();
      await runs.end(runId);
      await expect(runs.controller.cancel({ runId, by: ANA })).rejects.toThrow(
        'finished already',
      );
    });

    it('given a queued run, when it is cancelled, then it ends at once and the one behind it moves up', async () => {
      const runs = await startWithFirstRelease();
      const gate = new Gate();
      runs.target.before('upload', ({ release }) =>
        release.version === '1.1.0' ? gate.pass() : Promise.resolve(),
      );
      const first = await runs.deploy({ version: '1.1.0' });
      await gate.reached;
      const second = await runs.deploy({ version: '1.2.0' });
      const third = await runs.deploy({ version: '1.3.0' });
      await expect(runs.view(third)).resolves.toMatchObject({
        state: { phase: 'queued', position: 2 },
      });

      await runs.controller.cancel({ runId: second, by: RAJ });

      await expect(runs.view(second)).resolves.toMatchObject({
        state: { phase: 'cancelled', by: RAJ },
        startedAt: null,
      });
      await expect(runs.view(third)).resolves.toMatchObject({
        state: { phase: 'queued', position: 1 },
      });
      gate.open();
      for (const runId of [first, third]) {
        await expect(runs.end(runId)).resolves.toMatchObject({
          state: { phase: 'succeeded' },
        });
      }
    });
  });

  it('given runs of different environments, then they progress at the same time', async () => {
    const runs = await start();
    const gates = { staging: new Gate(), production: new Gate() };
    runs.target.before('upload', ({ environment }) =>
      environment.name === 'staging'
        ? gates.staging.pass()
        : gates.production.pass(),
    );

    const staging = await runs.deploy({
      version: '1.0.0',
      environment: 'staging',
    });
    const production = await runs.deploy({ version: '2.0.0' });
    await Promise.all([gates.staging.reached, gates.production.reached]);
    gates.production.open();
    await runs.end(production);
    gates.staging.open();

    await expect(runs.end(staging)).resolves.toMatchObject({
      state: { phase: 'succeeded' },
    });
  });

  it('given an environment that cannot be read any more, then the run ends errored and frees it', async () => {
    const runs = await startWithFirstRelease();
    const resolve = runs.dependencies.resolveEnvironment;
    let asked = 0;
    runs.dependencies.resolveEnvironment = async (...key) => {
      asked += 1;
      if (asked > 1) {
        throw new Error('catalog is away');
      }
      return resolve(...key);
    };

    const run = await runs.end(await runs.deploy({ version: '1.1.0' }));

    expect(run.state).toMatchObject({
      phase: 'errored',
      problem: { message: expect.stringContaining('catalog is away') },
    });
    expect(asked).toBe(3);
    runs.dependencies.resolveEnvironment = resolve;
    await expect(
      runs.end(await runs.deploy({ version: '1.1.0' })),
    ).resolves.toMatchObject({ state: { phase: 'succeeded' } });
  });
});
