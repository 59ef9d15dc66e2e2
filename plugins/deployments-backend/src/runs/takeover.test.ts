import {
  RunId,
  ServiceRef,
  serviceRefSchema,
} from '@slipway/plugin-deployments-common';
import { StepFailedError } from '@slipway/plugin-deployments-node';
import fc from 'fast-check';
import { Knex } from 'knex';
import { createTestDatabases } from '../__testUtils__/createTestDatabases';
import { Deferred } from '../testUtils/Deferred';
import { Gate } from '../__testUtils__/Gate';
import { Lifeline } from '../__testUtils__/Lifeline';
import { World } from '../__testUtils__/ScriptedTarget';
import { ANA, Runs, SHOP, startRuns } from '../__testUtils__/startRuns';
import { ClaimLostError } from '../engine';
import { createStores, migrateDatabase } from '../stores';

jest.setTimeout(120_000);

const databases = createTestDatabases();

/** Steps that leave no trace in the world: they are done again after a takeover. */
const CAN_BE_REPEATED = ['build', 'verify'];

/** A deployment, and what is true for users when it has come to its end. */
type Scenario = {
  name: string;
  prepare(runs: Runs): void;
  expected: { phase: string; serves: string; rolledBackTo: string | null };
};

const scenarios: Scenario[] = [
  {
    name: 'a good release',
    prepare: () => {},
    expected: { phase: 'succeeded', serves: '2.0.0', rolledBackTo: null },
  },
  {
    name: 'a release that fails after the switch',
    prepare: ({ target }) => target.refuse('2.0.0'),
    expected: { phase: 'failed', serves: '1.0.0', rolledBackTo: '1.0.0' },
  },
  {
    name: 'a release that fails before the switch',
    prepare: ({ target }) =>
      target.after('build', async () => {
        throw new StepFailedError('tests fail');
      }),
    expected: { phase: 'failed', serves: '1.0.0', rolledBackTo: null },
  },
];

describe.each(databases.eachSupportedId())('takeover on %s', databaseId => {
  async function createDatabase(): Promise<Knex> {
    const knex = await databases.init(databaseId);
    await migrateDatabase(knex);
    return knex;
  }

  /** Starts a process where 1.0.0 serves, and asks for 2.0.0. */
  async function begin(options: {
    knex: Knex;
    world: World;
    serviceRef: ServiceRef;
    scenario: Scenario;
    killAt?: number;
  }): Promise<{ runs: Runs; runId: RunId }> {
    const { knex, world, serviceRef, scenario } = options;
    const runs = await startRuns({
      knex,
      world,
      lifeline: new Lifeline({ killAt: options.killAt }),
      concurrency: 1,
    });
    scenario.prepare(runs);
    const release = await runs.createRelease('1.0.0', serviceRef);
    const place = world.placeOf(serviceRef, 'production');
    place.linked = release;
    place.running = release;
    const runId = await runs.deploy({ version: '2.0.0', serviceRef });
    return { runs, runId };
  }

  /** What is true once the run has come to its end. */
  async function readEnd(options: {
    knex: Knex;
    runs: Runs;
    runId: RunId;
    serviceRef: ServiceRef;
  }) {
    const { knex, runs, runId, serviceRef } = options;
    const { world } = runs.target;
    const run = await runs.end(runId);
    const place = world.placeOf(serviceRef, 'production');
    const acts = world.acts
      .filter(act => act.runId === runId)
      .map(({ step }) => step)
      .filter(step => !CAN_BE_REPEATED.includes(step));
    const { lines } = await runs.stores.logs.page({
      runId,
      after: 0,
      limit: 1_000,
    });
    const { heldBy } = await knex.transaction(trx =>
      createStores(trx).environments.lock({
        serviceRef,
        environment: 'production',
      }),
    );
    return {
      phase: run.state.phase,
      serves: place.running?.version,
      rolledBackTo: run.rolledBackTo?.version ?? null,
      linked: place.linked?.version,
      repeatedActs: acts.filter((act, i) => acts.indexOf(act) !== i),
      gaps: lines.filter(({ line }, i) => line !== i + 1),
      heldBy,
    };
  }

  /** What {@link readEnd} gives, however often the process was killed. */
  const sound = ({ expected }: Scenario) => ({
    ...expected,
    linked: expected.serves,
    repeatedActs: [],
    gaps: [],
    heldBy: null,
  });

  it.each(scenarios.map(scenario => [scenario.name, scenario] as const))(
    'given %s and a process that is killed at any write or act, when the portal starts again, then the run comes to the same end',
    async (_, scenario) => {
      const knex = await createDatabase();
      const whole = await begin({
        knex,
        world: new World(),
        serviceRef: SHOP,
        scenario,
      });
      await whole.runs.end(whole.runId);
      const { moments } = whole.runs.lifeline;
      expect(moments).toBeGreaterThan(10);

      for (let killAt = 1; killAt <= moments; killAt++) {
        const world = new World();
        const serviceRef = serviceRefSchema.parse(
          `component:default/shop-${killAt}`,
        );
        const options = { knex, world, serviceRef, scenario };
        const { runs: dying, runId } = await begin({ ...options, killAt });
        // On a slow machine lines of logs take more writes than on a fast one: the last moments may not come.
        await Promise.race([dying.lifeline.killed, dying.end(runId)]);
        const runs = await startRuns({ knex, world });
        scenario.prepare(runs);
        expect(await readEnd({ ...options, runs, runId })).toEqual(
          sound(scenario),
        );
        await runs.engine.stop({ graceMs: 1_000 });
      }
    },
  );

  it('given a process that is killed again and again, then the run still comes to a sound end', async () => {
    const knex = await createDatabase();
    let trial = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...scenarios),
        fc.array(fc.integer({ min: 1, max: 20 }), {
          minLength: 2,
          maxLength: 4,
        }),
        async (scenario, kills) => {
          trial += 1;
          const serviceRef = serviceRefSchema.parse(
            `component:default/shop-${trial}`,
          );
          const world = new World();
          const options = { knex, world, serviceRef, scenario };
          const [killAt, ...more] = kills;
          const { runs: first, runId } = await begin({ ...options, killAt });
          await Promise.race([first.lifeline.killed, first.end(runId)]);
          for (const again of more) {
            const dying = await startRuns({
              knex,
              world,
              lifeline: new Lifeline({ killAt: again }),
              concurrency: 1,
            });
            scenario.prepare(dying);
            await Promise.race([dying.lifeline.killed, dying.end(runId)]);
          }
          const runs = await startRuns({ knex, world });
          scenario.prepare(runs);
          expect(await readEnd({ ...options, runs, runId })).toEqual(
            sound(scenario),
          );
          await runs.engine.stop({ graceMs: 1_000 });
        },
      ),
      { numRuns: 15 },
    );
  });

  it('given a worker that comes back after another one took its run, then it can write nothing', async () => {
    const knex = await createDatabase();
    const world = new World();
    const refusal = new Deferred<unknown>();
    const refuse = (error: unknown): never => {
      refusal.resolve(error);
      throw error;
    };
    const old = await startRuns({
      knex,
      world,
      concurrency: 1,
      wrap: advance => claim =>
        advance({
          runId: claim.runId,
          signal: claim.signal,
          draining: false,
          tx: write => claim.tx(write).catch(refuse),
          canWriteAtOnce: claim.canWriteAtOnce,
          writeAtOnce: build => claim.writeAtOnce(build).catch(refuse),
        }),
    });
    const gate = new Gate();
    old.target.before('upload', async ({ log }) => {
      await gate.pass();
      log.info('the old worker says');
    });
    const runId = await old.deploy({ version: '1.0.0' });
    await gate.reached;

    const young = await startRuns({ knex, world });
    const run = await young.end(runId);
    gate.open();

    await expect(refusal.promise).resolves.toBeInstanceOf(ClaimLostError);
    await expect(young.view(runId)).resolves.toEqual(run);
    expect((await young.logOf(runId)).join()).not.toContain('old worker');
  });

  it('given a target that cannot tell what became of a step, then the run ends errored and what was prepared is taken back', async () => {
    const knex = await createDatabase();
    const world = new World();
    const dying = await startRuns({ knex, world, concurrency: 1 });
    const gate = new Gate();
    dying.target.before('upload', () => gate.pass());
    const runId = await dying.deploy({ version: '1.0.0' });
    await gate.reached;

    const runs = await startRuns({ knex, world });
    runs.target.reconcileWith('upload', async () => ({
      outcome: 'unknown',
      message: 'the host does not answer',
    }));

    await expect(runs.end(runId)).resolves.toMatchObject({
      state: {
        phase: 'errored',
        problem: {
          step: 'upload',
          message: expect.stringContaining('the host does not answer'),
        },
      },
    });
    expect(world.placeOf(SHOP, 'production').running).toBeNull();
  });

  it.each([
    ['before the switch', 'upload', null],
    ['after the switch', 'verify', '1.0.0'],
  ])(
    'given a manifest that changed while no portal was there, %s, then the run does not go on with what nobody agreed to, and users have what they had',
    async (_, step, rolledBackTo) => {
      const knex = await createDatabase();
      const world = new World();
      const dying = await startRuns({ knex, world, concurrency: 1 });
      await dying.end(await dying.deploy({ version: '1.0.0' }));
      const gate = new Gate();
      dying.target.before(step, () => gate.pass());
      const runId = await dying.deploy({ version: '2.0.0' });
      await gate.reached;

      const runs = await startRuns({
        knex,
        world,
        settings: { ...dying.settings, variables: { LOG_LEVEL: 'debug' } },
      });

      const run = await runs.end(runId);
      expect(run).toMatchObject({
        state: {
          phase: 'errored',
          problem: {
            step,
            message: expect.stringMatching(/^The manifest changed while/),
          },
        },
      });
      expect(run.rolledBackTo?.version ?? null).toBe(rolledBackTo);
      expect(world.placeOf(SHOP, 'production').running?.version).toBe('1.0.0');
    },
  );

  it('given a step that is done again after a takeover, then it has the same key and the next attempt', async () => {
    const knex = await createDatabase();
    const world = new World();
    const dying = await startRuns({ knex, world, concurrency: 1 });
    const gate = new Gate();
    const seen: unknown[] = [];
    dying.target.before('upload', async ({ idempotencyKey, attempt }) => {
      seen.push([idempotencyKey, attempt]);
      await gate.pass();
    });
    const runId = await dying.deploy({ version: '1.0.0' });
    await gate.reached;

    const runs = await startRuns({ knex, world });
    runs.target.before('upload', async ({ idempotencyKey, attempt }) => {
      seen.push([idempotencyKey, attempt]);
    });
    await runs.end(runId);

    expect(seen).toEqual([
      [`${runId}:upload`, 1],
      [`${runId}:upload`, 2],
    ]);
  });

  it('given a database that does not take the next attempt of a step, then the step is not blamed for it and not begun, and is tried again later', async () => {
    const knex = await createDatabase();
    const world = new World();
    const dying = await startRuns({ knex, world, concurrency: 1 });
    const gate = new Gate();
    dying.target.before('upload', () => gate.pass());
    const runId = await dying.deploy({ version: '1.0.0' });
    await gate.reached;
    const prepared = new Gate();
    let isAway = false;
    let wasAway = false;
    const attempts: number[] = [];

    const runs = await startRuns({
      knex,
      world,
      wrap: advance => async claim => {
        await prepared.pass();
        return advance({
          runId: claim.runId,
          signal: claim.signal,
          draining: claim.draining,
          canWriteAtOnce: claim.canWriteAtOnce,
          writeAtOnce: build => claim.writeAtOnce(build),
          tx: async write => {
            if (isAway) {
              isAway = false;
              throw new Error('connection refused');
            }
            return claim.tx(write);
          },
        });
      },
    });
    runs.target.reconcileWith('upload', async () => {
      isAway = !wasAway;
      wasAway = true;
      return { outcome: 'redo' };
    });
    runs.target.before('upload', async ({ attempt }) => {
      attempts.push(attempt);
    });
    prepared.open();

    await expect(runs.end(runId)).resolves.toMatchObject({
      state: { phase: 'succeeded' },
    });
    expect(wasAway).toBe(true);
    expect(attempts).toEqual([2]);
  });

  it('given a portal that stops in good order, then the run comes to the end of its step, and goes on with the next portal', async () => {
    const knex = await createDatabase();
    const world = new World();
    const old = await startRuns({ knex, world, concurrency: 1 });
    const gate = new Gate();
    old.target.before('upload', () => gate.pass());
    const runId = await old.deploy({ version: '1.0.0', requestedBy: ANA });
    await gate.reached;

    const stopped = old.engine.stop({ graceMs: 60_000 });
    gate.open();
    await stopped;

    await expect(old.view(runId)).resolves.toMatchObject({
      state: { phase: 'running' },
      steps: [
        { status: 'succeeded' },
        { status: 'succeeded' },
        { status: 'pending' },
        { status: 'pending' },
        { status: 'pending' },
      ],
    });
    const young = await startRuns({ knex, world });
    await expect(young.end(runId)).resolves.toMatchObject({
      state: { phase: 'succeeded' },
    });
  });

  it('given a portal that stops and a step that takes longer than the grace, then the step is aborted and reconciled later', async () => {
    const knex = await createDatabase();
    const world = new World();
    const old = await startRuns({ knex, world, concurrency: 1 });
    const begun = new Gate();
    old.target.before(
      'upload',
      ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
          begun.pass();
        }),
    );
    const runId = await old.deploy({ version: '1.0.0' });
    await begun.reached;

    await old.engine.stop({ graceMs: 0 });
    await expect(old.view(runId)).resolves.toMatchObject({
      state: { phase: 'running' },
      steps: [{ status: 'succeeded' }, { status: 'started' }, {}, {}, {}],
    });

    const young = await startRuns({ knex, world });
    await expect(young.end(runId)).resolves.toMatchObject({
      state: { phase: 'succeeded' },
    });
    expect((await young.logOf(runId)).join('\n')).toContain(
      'Asking the target what is true',
    );
  });
});
