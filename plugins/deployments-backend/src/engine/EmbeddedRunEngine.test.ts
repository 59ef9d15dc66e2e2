import { randomUUID } from 'node:crypto';
import { mockServices } from '@backstage/backend-test-utils';
import { RunId, runIdSchema } from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';
import { createPlanContent } from '../__testUtils__/createPlanContent';
import { createTestDatabases } from '../__testUtils__/createTestDatabases';
import { Deferred } from '../__testUtils__/Deferred';
import { Gate } from '../__testUtils__/Gate';
import { hashPlan } from '../plans';
import { createStores, migrateDatabase } from '../stores';
import { EmbeddedRunEngine } from './EmbeddedRunEngine';

jest.setTimeout(60_000);

const databases = createTestDatabases();

describe.each(databases.eachSupportedId())(
  'EmbeddedRunEngine on %s',
  databaseId => {
    async function create(options: { concurrency?: number } = {}) {
      const knex = await databases.init(databaseId);
      await migrateDatabase(knex);
      const logger = mockServices.logger.mock({ child: () => logger });
      const createEngine = () => {
        return new EmbeddedRunEngine({
          knex,
          logger,
          pollIntervalMs: 3_600_000,
          ...options,
        });
      };
      return { knex, logger, engine: createEngine(), createEngine };
    }

    async function insertRun(trx: Knex): Promise<RunId> {
      const stores = createStores(trx);
      const content = createPlanContent();
      const hash = hashPlan(content);
      const createdAt = new Date().toISOString();
      await stores.plans.save({ hash, content, createdAt, usualMs: null });
      const release = await stores.releases.findOrCreate({
        serviceRef: content.serviceRef,
        version: '1.0.0',
        commit: {
          id: content.to.commitId,
          subject: 'First',
          author: 'Ana',
          committedAt: createdAt,
        },
      });
      const id = runIdSchema.parse(randomUUID());
      await stores.runs.insert({
        id,
        ...content,
        planHash: hash,
        releaseId: release.id,
        fromReleaseId: null,
        phase: 'queued',
        requestedBy: 'user:default/ana',
        reason: null,
        createdAt,
      });
      return id;
    }

    const wake = (knex: Knex, engine: EmbeddedRunEngine, at?: Date) =>
      knex.transaction(async trx => {
        const runId = await insertRun(trx);
        await engine.wake(runId, { trx, at });
        return runId;
      });

    it('given a wake, then the run is advanced once it is committed, and rests afterwards', async () => {
      const { knex, engine } = await create();
      const advanced: RunId[] = [];
      const second = new Gate();
      await engine.start(async ({ runId }) => {
        advanced.push(runId);
        if (advanced.length === 2) {
          second.pass();
        }
        return 'parked';
      });

      const first = await wake(knex, engine);
      const other = await wake(knex, engine);
      await second.reached;

      expect(advanced).toEqual([first, other]);
      await engine.stop({ graceMs: 1_000 });
      expect(advanced).toHaveLength(2);
    });

    it('given a wake whose transaction is taken back, then nothing happens', async () => {
      const { knex, engine } = await create();
      const advanced: RunId[] = [];
      const done = new Gate();
      await engine.start(async ({ runId }) => {
        advanced.push(runId);
        done.pass();
        return 'done';
      });

      await expect(
        knex.transaction(async trx => {
          await engine.wake(await insertRun(trx), { trx });
          throw new Error('taken back');
        }),
      ).rejects.toThrow('taken back');
      const kept = await wake(knex, engine);
      await done.reached;

      expect(advanced).toEqual([kept]);
      await engine.stop({ graceMs: 1_000 });
    });

    it('given a run that is woken while it is advanced, then it is advanced once more', async () => {
      const { knex, engine } = await create();
      const inside = new Gate();
      const again = new Gate();
      let times = 0;
      let atWork = 0;
      await engine.start(async () => {
        times += 1;
        atWork += 1;
        expect(atWork).toBe(1);
        await (times === 1 ? inside.pass() : undefined);
        atWork -= 1;
        if (times === 2) {
          again.pass();
        }
        return 'parked';
      });
      const runId = await wake(knex, engine);
      await inside.reached;

      await knex.transaction(trx => engine.wake(runId, { trx }));
      inside.open();

      await again.reached;
      await engine.stop({ graceMs: 1_000 });
      expect(times).toBe(2);
    });

    it('given a wake for later, then the run is not advanced before', async () => {
      const { knex, engine } = await create();
      const at = new Date(Date.now() + 30);
      const advancedAt = new Deferred<number>();
      await engine.start(async () => {
        advancedAt.resolve(Date.now());
        return 'done';
      });

      await wake(knex, engine, at);

      expect(await advancedAt.promise).toBeGreaterThanOrEqual(at.getTime());
      await engine.stop({ graceMs: 1_000 });
    });

    it('given an advance that throws, then the run is tried again later', async () => {
      const { knex, engine } = await create();
      const again = new Gate();
      let times = 0;
      await engine.start(async () => {
        times += 1;
        if (times === 1) {
          throw new Error('the database is away');
        }
        again.pass();
        return 'done';
      });

      await wake(knex, engine);

      await again.reached;
      expect(times).toBe(2);
      await engine.stop({ graceMs: 1_000 });
    });

    it('given a database that is away when a run should be given back, then the run is advanced again once it is there', async () => {
      const { knex, logger, engine } = await create();
      const stuck = new Gate();
      logger.error.mockImplementation(message => {
        if (message === 'The run could not be given back') {
          stuck.pass();
        }
      });
      const again = new Deferred<RunId>();
      const advanced = new Set<RunId>();
      await engine.start(async ({ runId }) => {
        if (advanced.has(runId)) {
          again.resolve(runId);
        } else if (advanced.size === 0) {
          advanced.add(runId);
          await knex.schema.renameTable('run_wakes', 'run_wakes_away');
          throw new Error('the database is away');
        }
        return 'done';
      });
      const runId = await wake(knex, engine);
      await stuck.reached;

      await knex.schema.renameTable('run_wakes_away', 'run_wakes');
      await wake(knex, engine);

      expect(await again.promise).toBe(runId);
      await engine.stop({ graceMs: 1_000 });
    });

    it('given more runs than may progress at once, then the others wait for a place', async () => {
      const { knex, engine } = await create({ concurrency: 2 });
      const gates = [new Gate(), new Gate(), new Gate()];
      let begun = 0;
      await engine.start(async () => {
        const gate = gates[begun];
        begun += 1;
        await gate.pass();
        return 'done';
      });
      for (const _ of gates) {
        await wake(knex, engine);
      }
      await Promise.all([gates[0].reached, gates[1].reached]);
      expect(begun).toBe(2);

      gates[0].open();
      await gates[2].reached;
      gates[1].open();
      gates[2].open();
      await engine.stop({ graceMs: 1_000 });
    });

    it('given a process that is gone, then what it had claimed is claimed by the next, and the old claim writes nothing', async () => {
      const { knex, engine, createEngine } = await create({ concurrency: 1 });
      const old = new Gate();
      const refused = new Deferred<unknown>();
      await engine.start(async claim => {
        await old.pass();
        await claim
          .tx(trx => trx('runs').update({ reason: 'old' }))
          .catch(error => refused.resolve(error));
        return 'parked';
      });
      const runId = await wake(knex, engine);
      await old.reached;

      const young = createEngine();
      const taken = new Gate();
      await young.start(async claim => {
        await claim.tx(trx =>
          trx('runs').where({ id: claim.runId }).update({ reason: 'young' }),
        );
        taken.pass();
        return 'done';
      });
      await taken.reached;
      old.open();

      expect(await refused.promise).toMatchObject({ name: 'ClaimLostError' });
      await expect(createStores(knex).runs.get(runId)).resolves.toMatchObject({
        reason: 'young',
      });
      await young.stop({ graceMs: 1_000 });
    });

    it('given a stopped engine, then it claims no more', async () => {
      const { knex, engine, createEngine } = await create();
      const advanced: RunId[] = [];
      await engine.start(async ({ runId }) => {
        advanced.push(runId);
        return 'done';
      });
      await engine.stop({ graceMs: 0 });

      const runId = await wake(knex, engine);

      const next = createEngine();
      const found = new Deferred<RunId>();
      await next.start(async claim => {
        found.resolve(claim.runId);
        return 'done';
      });
      expect(await found.promise).toBe(runId);
      expect(advanced).toEqual([]);
      await next.stop({ graceMs: 1_000 });
    });
  },
);
