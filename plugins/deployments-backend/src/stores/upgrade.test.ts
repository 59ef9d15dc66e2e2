import { randomUUID } from 'node:crypto';
import { mockServices, TestDatabaseId } from '@backstage/backend-test-utils';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { RunId, runIdSchema } from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';
import { createTestDatabases } from '../__testUtils__/createTestDatabases';
import { Deferred } from '../testUtils/Deferred';
import { createPlanContent } from '../__testUtils__/createPlanContent';
import { createRunEngine } from '../engine';
import { hashPlan } from '../plans';
import { migrateDatabase } from './connectDatabase';
import { createStores } from './createStores';

jest.setTimeout(60_000);

const databases = createTestDatabases();

/** What a portal had that knew one process only. */
const FIRST = ['20261121000000_init.js', '20261121120000_valid_manifests.js'];

async function migrateTo(knex: Knex, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await knex.migrate.up({
      directory: resolvePackagePath(
        '@slipway/plugin-deployments-backend',
        'migrations',
      ),
      name,
    });
  }
}

/** Keeps a run as that version did. */
async function insertFirstRun(knex: Knex): Promise<RunId> {
  const content = createPlanContent();
  const hash = hashPlan(content);
  const stores = createStores(knex);
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
  await knex('runs').insert({
    id,
    service_ref: content.serviceRef,
    environment: content.environment,
    operation: content.operation,
    plan_hash: hash,
    release_id: release.id,
    phase: 'queued',
    phase_since: createdAt,
    requested_by: 'user:default/ana',
    created_at: createdAt,
    fence: 0,
    log_lines: 0,
    log_bytes: 0,
  });
  return id;
}

async function prepare(databaseId: TestDatabaseId) {
  const knex = await databases.init(databaseId);
  await migrateTo(knex, FIRST);
  const runs = {
    /** In the middle of a step, claimed by a process that is gone. */
    cutOff: await insertFirstRun(knex),
    /** Its wake was kept and not yet seen. */
    woken: await insertFirstRun(knex),
    /** Nobody will look at it of itself. */
    queued: await insertFirstRun(knex),
    waiting: await insertFirstRun(knex),
    finished: await insertFirstRun(knex),
  };
  const set = (id: RunId, values: object) =>
    knex('runs').where({ id }).update(values);
  await set(runs.cutOff, {
    phase: 'running',
    fence: 7,
    claimed_by: randomUUID(),
    log_lines: 3,
  });
  await knex('steps').insert({
    run_id: runs.cutOff,
    position: 0,
    step_id: 'copy',
    title: 'Copy',
    stage: 'main',
    switches: false,
    status: 'started',
    attempt: 1,
  });
  await set(runs.waiting, { phase: 'waiting-for-approval' });
  await set(runs.finished, { phase: 'succeeded' });
  await knex('run_wakes').insert([
    { run_id: runs.woken, wake_at: new Date().toISOString() },
  ]);
  return { knex, runs };
}

describe.each(databases.eachSupportedId())('upgrading %s', databaseId => {
  it('given a database of the version before replicas, then nothing of it is lost', async () => {
    const { knex } = await prepare(databaseId);
    const tables = ['runs', 'steps', 'plans', 'releases', 'approvals'];
    const read = () => Promise.all(tables.map(table => knex(table).orderBy(1)));
    const before = await read();

    await migrateDatabase(knex);

    expect(await read()).toMatchObject(before);
  });

  it('given runs in flight, then they go on, and what is finished rests', async () => {
    const { knex, runs } = await prepare(databaseId);
    await migrateDatabase(knex);
    const logger = mockServices.logger.mock({ child: () => logger });
    const engine = await createRunEngine({
      knex,
      schema: 'deployments_engine',
      migrate: true,
      logger,
    });
    const advanced = new Map<RunId, number>();
    const wanted = new Deferred<void>();

    await engine.start(async claim => {
      const fence = await claim.tx(
        async (_, row) => (row as { fence: number }).fence,
      );
      advanced.set(claim.runId, fence);
      if (advanced.has(runs.cutOff) && advanced.has(runs.woken)) {
        wanted.resolve();
      }
      return 'parked';
    });
    await wanted.promise;
    await engine.stop({ graceMs: 1_000 });

    expect(advanced.get(runs.cutOff)).toBeGreaterThan(7);
    expect(advanced.has(runs.finished)).toBe(false);
    await expect(createStores(knex).steps.list([runs.cutOff])).resolves.toEqual(
      [expect.objectContaining({ id: 'copy', status: 'started', attempt: 1 })],
    );
  });

  it('given the way back, then the tables are as they were', async () => {
    const { knex, runs } = await prepare(databaseId);
    const before = await knex('runs').where({ id: runs.cutOff }).first();
    await migrateDatabase(knex);

    await knex.migrate.rollback({
      directory: resolvePackagePath(
        '@slipway/plugin-deployments-backend',
        'migrations',
      ),
    });

    expect(await knex('runs').where({ id: runs.cutOff }).first()).toEqual(
      before,
    );
  });
});
