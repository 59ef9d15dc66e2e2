import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { mockServices } from '@backstage/backend-test-utils';
import { RunId } from '@slipway/plugin-deployments-common';
import { describeWithPrograms } from '@slipway/plugin-deployments-node/testUtils';
import fc from 'fast-check';
import knexFactory, { Knex } from 'knex';
import { createTestDatabases } from '../__testUtils__/createTestDatabases';
import { Deferred } from '../testUtils/Deferred';
import {
  describeRunEngine,
  EngineHarness,
  wakeNewRun,
} from '../__testUtils__/describeRunEngine';
import { EngineProcess } from '../__testUtils__/EngineProcess';
import { Gate } from '../__testUtils__/Gate';
import { insertRun } from '../__testUtils__/insertRun';
import { startPooler } from '../__testUtils__/startPooler';
import { TcpProxy } from '../testUtils/TcpProxy';
import { createStores, migrateDatabase } from '../stores';
import { PgBossRunEngine } from './PgBossRunEngine';
import { readConnection } from './postgres/readConnection';
import { Advance } from './RunEngine';

jest.setTimeout(120_000);

const databases = createTestDatabases();

const cleanups: Array<() => Promise<unknown>> = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) {
    await cleanup();
  }
});

/** Another way to the same database. */
async function connectAs(
  knex: Knex,
  changes: { user?: string; password?: string; port?: number },
): Promise<Knex> {
  const { options } = await readConnection(knex);
  const { host, port, user, password, database } = options;
  const other = knexFactory({
    client: 'pg',
    connection: { host, port, user, password, database, ...changes },
    log: { warn() {}, error() {} },
  });
  cleanups.push(() => other.destroy());
  return other;
}

describe.each(databases.eachSupportedId().filter(([id]) => id !== 'SQLITE_3'))(
  'PgBossRunEngine on %s',
  databaseId => {
    async function prepare(through?: Knex): Promise<EngineHarness> {
      const knex = through ?? (await databases.init(databaseId));
      await migrateDatabase(knex);
      const logger = mockServices.logger.mock({ child: () => logger });
      return {
        knex,
        logger,
        async createEngine(options) {
          const engine = await PgBossRunEngine.create({
            knex,
            logger,
            schema: 'deployments_engine',
            migrate: true,
            abortWaitMs: 100,
            ...options,
          });
          cleanups.push(() => engine.stop({ graceMs: 0 }));
          return engine;
        },
      };
    }

    async function startProcess(knex: Knex): Promise<EngineProcess> {
      const replica = await EngineProcess.start(knex);
      cleanups.push(async () => replica.kill());
      return replica;
    }

    describeRunEngine('as an engine', prepare);

    it('given two replicas and runs that are woken all the time, then each run has one worker at a time, and none is forgotten', async () => {
      const harness = await prepare();
      const { knex } = harness;
      const engines = [
        await harness.createEngine(),
        await harness.createEngine(),
      ];
      const atWork = new Set<RunId>();
      const seen = new Map<RunId, number>();
      let advanced = new Deferred<void>();
      const advance: Advance = async claim => {
        expect(atWork.has(claim.runId)).toBe(false);
        atWork.add(claim.runId);
        const count = await claim.tx(async (trx, row) => {
          const { reason } = row as { reason: string | null };
          await trx('runs')
            .where({ id: claim.runId })
            .update({ log_bytes: trx.raw('log_bytes + 1') });
          return Number(reason);
        });
        seen.set(claim.runId, count);
        atWork.delete(claim.runId);
        advanced.resolve();
        advanced = new Deferred();
        return 'parked';
      };
      await Promise.all(engines.map(engine => engine.start(advance)));
      const runIds = await Promise.all(
        [0, 1, 2].map(() => knex.transaction(trx => insertRun(trx))),
      );
      let wakes = 0;

      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.record({ run: fc.nat(2), engine: fc.nat(1) }), {
            minLength: 1,
            maxLength: 12,
          }),
          async order => {
            const last = new Map<RunId, number>();
            for (const { run, engine } of order) {
              wakes += 1;
              const id = runIds[run];
              const reason = String(wakes);
              last.set(id, wakes);
              await knex.transaction(async trx => {
                await trx('runs').where({ id }).update({ reason });
                await engines[engine].wake(id, { trx });
              });
            }
            for (const [id, wake] of last) {
              while ((seen.get(id) ?? 0) < wake) {
                await advanced.promise;
              }
            }
          },
        ),
        { numRuns: 20 },
      );
    });

    it('given a replica that is killed, then another has its run', async () => {
      const harness = await prepare();
      const victim = await startProcess(harness.knex);
      const heir = await harness.createEngine();
      const runId = await wakeNewRun(harness, heir);
      await victim.until(({ what }) => what === 'claimed');
      const taken = new Deferred<RunId>();
      await heir.start(async claim => {
        taken.resolve(claim.runId);
        return 'done';
      });

      victim.kill();

      expect(await taken.promise).toBe(runId);
    });

    it('given a replica that is stalled until its claim has expired, then it is told when it wakes up, and writes nothing', async () => {
      const harness = await prepare();
      const { knex } = harness;
      const stalled = await startProcess(knex);
      const heir = await harness.createEngine();
      const runId = await wakeNewRun(harness, heir);
      await stalled.until(({ what }) => what === 'claimed');
      const taken = new Gate();
      await heir.start(async claim => {
        await claim.tx(trx =>
          trx('runs').where({ id: claim.runId }).update({ reason: 'heir' }),
        );
        await taken.pass();
        return 'done';
      });

      stalled.stall();
      await taken.reached;
      stalled.resume();
      stalled.write(runId);

      await stalled.until(({ what }) => what === 'refused');
      await stalled.until(({ what }) => what === 'aborted');
      await expect(createStores(knex).runs.get(runId)).resolves.toMatchObject({
        reason: 'heir',
      });
      taken.open();
    });

    it('given a database that is away for longer than a claim holds, then work stops before another could begin, and goes on by itself afterwards', async () => {
      const direct = await databases.init(databaseId);
      const { options } = await readConnection(direct);
      const proxy = new TcpProxy({
        host: options.host ?? '127.0.0.1',
        port: options.port ?? 5_432,
      });
      await proxy.open();
      cleanups.push(() => proxy.cut());
      const knex = await connectAs(direct, { port: proxy.port });
      const harness = await prepare(knex);
      const engine = await harness.createEngine();
      const claimed = new Deferred<void>();
      const aborted = new Deferred<void>();
      const rest = new Deferred<void>();
      const again = new Deferred<RunId>();
      let isAtRest = false;
      let wasAtRest = false;
      let times = 0;
      await engine.start(async claim => {
        times += 1;
        if (times > 1) {
          wasAtRest = isAtRest;
          again.resolve(claim.runId);
          return 'done';
        }
        claimed.resolve();
        await new Promise<void>(resolve => {
          claim.signal.addEventListener('abort', () => resolve());
        });
        aborted.resolve();
        await rest.promise;
        isAtRest = true;
        throw claim.signal.reason;
      });
      const runId = await wakeNewRun(harness, engine);
      await claimed.promise;
      const readFence = async () =>
        (await direct('runs').where({ id: runId }).first('fence'))?.fence;
      const fence = await readFence();

      await proxy.cut();
      await aborted.promise;
      await proxy.open();
      // The work that was told to stop takes until the run has been claimed anew.
      while ((await readFence()) === fence) {
        await nextTurn();
      }
      rest.resolve();

      expect(await again.promise).toBe(runId);
      expect(wasAtRest).toBe(true);
      const other = await wakeNewRun(harness, engine);
      expect(other).toBeDefined();
    });

    it('given a run that somebody keeps locked, then other runs are claimed in the meantime', async () => {
      const harness = await prepare();
      const { knex } = harness;
      const engine = await harness.createEngine();
      const locked = await wakeNewRun(harness, engine);
      const other = await wakeNewRun(harness, engine);
      const advanced: RunId[] = [];
      const first = new Deferred<void>();
      const second = new Deferred<void>();

      await knex.transaction(async trx => {
        await trx('runs').where({ id: locked }).forUpdate().first('id');
        await engine.start(async ({ runId }) => {
          advanced.push(runId);
          (advanced.length === 1 ? first : second).resolve();
          return 'done';
        });
        await first.promise;
        expect(advanced).toEqual([other]);
      });

      await second.promise;
      expect(advanced).toEqual([other, locked]);
    });

    it('given connections that break for a moment, then runs are woken at once again', async () => {
      const harness = await prepare();
      const { knex } = harness;
      const engine = await harness.createEngine();
      const advanced: RunId[] = [];
      let more = new Deferred<void>();
      await engine.start(async ({ runId }) => {
        advanced.push(runId);
        more.resolve();
        more = new Deferred();
        return 'done';
      });

      const fresh = await connectAs(knex, {});
      await fresh.raw(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      );
      const runId = await wakeNewRun({ ...harness, knex: fresh }, engine);

      while (!advanced.includes(runId)) {
        await more.promise;
      }
      expect(advanced).toEqual([runId]);
    });

    describe('given a role that may not make schemas', () => {
      async function prepareRole() {
        const admin = await databases.init(databaseId);
        const user = `portal_${randomBytes(4).toString('hex')}`;
        const password = randomBytes(8).toString('hex');
        await admin.raw(`CREATE ROLE "${user}" LOGIN PASSWORD '${password}'`);
        await admin.raw(`CREATE SCHEMA deployments AUTHORIZATION "${user}"`);
        await admin.raw(`ALTER ROLE "${user}" SET search_path = deployments`);
        cleanups.push(async () => {
          await admin.raw(`DROP OWNED BY "${user}" CASCADE`);
          await admin.raw(`DROP ROLE "${user}"`);
        });
        const knex = await connectAs(admin, { user, password });
        return { admin, user, harness: await prepare(knex) };
      }

      it('then it is told what an administrator has to run, and with that it works', async () => {
        const { admin, user, harness } = await prepareRole();
        const advice = `CREATE SCHEMA IF NOT EXISTS "deployments_engine" AUTHORIZATION "${user}";`;

        await expect(harness.createEngine()).rejects.toThrow(advice);
        await admin.raw(advice);
        const engine = await harness.createEngine();
        const advanced = new Deferred<RunId>();
        await engine.start(async ({ runId }) => {
          advanced.resolve(runId);
          return 'done';
        });

        expect(await wakeNewRun(harness, engine)).toBe(await advanced.promise);
      });

      it('then the schema of the plugin itself will do', async () => {
        const { harness } = await prepareRole();
        const engine = await PgBossRunEngine.create({
          knex: harness.knex,
          logger: harness.logger,
          schema: 'deployments',
          migrate: true,
        });
        cleanups.push(() => engine.stop({ graceMs: 0 }));
        const advanced = new Deferred<RunId>();
        await engine.start(async ({ runId }) => {
          advanced.resolve(runId);
          return 'done';
        });

        expect(await wakeNewRun(harness, engine)).toBe(await advanced.promise);
      });
    });

    describeWithPrograms('given a pooler', ['pgbouncer'], () => {
      it('in transaction mode, then it is said what to configure, and runs are found by looking', async () => {
        const direct = await databases.init(databaseId);
        const { options } = await readConnection(direct);
        const {
          host = '127.0.0.1',
          port = 5_432,
          user = '',
          password,
        } = options;
        const pooler = await startPooler({
          host,
          port,
          user,
          password: String(password),
          name: String(options.database),
        });
        cleanups.push(() => pooler.stop());
        const knex = await connectAs(direct, { port: pooler.port });
        const harness = await prepare(knex);
        const engine = await harness.createEngine();
        const advanced = new Deferred<RunId>();
        await engine.start(async ({ runId }) => {
          advanced.resolve(runId);
          return 'done';
        });

        // Woken by another process, of which this one is not told.
        const other = await harness.createEngine();
        const runId = await wakeNewRun(harness, other);

        expect(await advanced.promise).toBe(runId);
        expect(harness.logger.warn).toHaveBeenCalledWith(
          expect.stringContaining('A pooler in transaction mode'),
        );
      });
    });

    it('given a portal that keeps its tables by hand, then missing ones are not made', async () => {
      const { knex, logger } = await prepare();

      await expect(
        PgBossRunEngine.create({
          knex,
          logger,
          schema: 'deployments_engine',
          migrate: false,
        }),
      ).rejects.toThrow(/not installed/);
    });
  },
);
