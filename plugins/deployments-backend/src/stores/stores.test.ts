import { randomUUID } from 'node:crypto';
import {
  digestSchema,
  Release,
  RunId,
  runIdSchema,
} from '@slipway/plugin-deployments-common';
import fc from 'fast-check';
import { Knex } from 'knex';
import { createPlanContent } from '../__testUtils__/createPlanContent';
import { createTestDatabases } from '../__testUtils__/createTestDatabases';
import { hashPlan } from '../plans';
import { migrateDatabase } from './connectDatabase';
import { createStores, Stores } from './createStores';

jest.setTimeout(60_000);

const databases = createTestDatabases();

describe.each(databases.eachSupportedId())('stores on %s', databaseId => {
  async function create(): Promise<Stores & { knex: Knex }> {
    const knex = await databases.init(databaseId);
    await migrateDatabase(knex);
    return { knex, ...createStores(knex) };
  }

  const plan = {
    hash: hashPlan(createPlanContent()),
    content: createPlanContent(),
    createdAt: '2026-11-20T10:00:00.000Z',
    usualMs: 1_500,
  };
  const { serviceRef } = plan.content;
  const commit = {
    id: plan.content.to.commitId,
    subject: 'Add pay “now” 😀',
    author: 'Ana',
    committedAt: '2026-11-20T10:00:00.000Z',
  };
  const digest = (digit: string) =>
    digestSchema.parse(`sha256:${digit.repeat(64)}`);

  async function insertRun(
    stores: Stores,
    release: Release,
    overrides: { createdAt?: string; requestedBy?: string } = {},
  ): Promise<RunId> {
    const id = runIdSchema.parse(randomUUID());
    await stores.runs.insert({
      id,
      serviceRef,
      environment: 'production',
      operation: 'promote',
      planHash: plan.hash,
      releaseId: release.id,
      fromReleaseId: null,
      phase: 'waiting-for-approval',
      requestedBy: 'user:default/ana',
      reason: null,
      createdAt: '2026-11-20T10:00:00.000Z',
      ...overrides,
    });
    return id;
  }

  it('given manifests of a service, then the one that was kept last is there', async () => {
    const { manifests } = await create();

    await expect(manifests.get(serviceRef)).resolves.toBeUndefined();
    for (const text of ['a: 1', 'a: 1', 'a: “2” 😀']) {
      await manifests.put(serviceRef, text);
    }

    await expect(manifests.get(serviceRef)).resolves.toBe('a: “2” 😀');
  });

  it('given approvals of the same moment, then they are listed in the order in which they came', async () => {
    const stores = await create();
    const release = await stores.releases.findOrCreate({
      serviceRef,
      version: '1.0.0',
      commit,
    });
    await stores.plans.save(plan);
    const runId = await insertRun(stores, release);
    const people = Array.from({ length: 12 }, (_, i) => `user:default/p${i}`);
    for (const by of people) {
      await stores.approvals.add({
        runId,
        planHash: plan.hash,
        decision: 'approved',
        by,
        at: '2026-11-20T10:00:00.000Z',
        reason: null,
        groups: [],
      });
    }

    const listed = await stores.approvals.list([runId]);
    expect(listed.map(({ by }) => by)).toEqual(people);
    const newest = await stores.approvals.listNewest(3);
    expect(newest.map(({ by }) => by)).toEqual(people.slice(-3).reverse());
  });

  it('given tables that are up to date, when they are migrated again and back, then that works', async () => {
    const { knex } = await create();
    await migrateDatabase(knex);
    await knex.migrate.rollback({ directory: `${__dirname}/../../migrations` });

    await expect(knex.schema.hasTable('runs')).resolves.toBe(false);
  });

  describe('ReleaseStore', () => {
    it('given the same commit named twice at once, then it is one release with its first version', async () => {
      const { releases } = await create();

      const [one, other] = await Promise.all([
        releases.findOrCreate({ serviceRef, version: 'abc1234', commit }),
        releases.findOrCreate({ serviceRef, version: 'abc1234', commit }),
      ]);
      const later = await releases.findOrCreate({
        serviceRef,
        version: '2.0.0',
        commit,
      });

      expect(other).toEqual(one);
      expect(later).toEqual(one);
      expect(one).toMatchObject({ version: 'abc1234', commit, artifacts: [] });
      await expect(releases.list(serviceRef)).resolves.toEqual([one]);
    });

    it('given artifacts that were recorded, then the same can be said again and others can not', async () => {
      const { releases } = await create();
      const { id } = await releases.findOrCreate({
        serviceRef,
        version: '1.0.0',
        commit,
      });
      const archive = (digit: string) => [
        { type: 'archive' as const, digest: digest(digit), sizeBytes: 1 },
      ];

      await releases.recordArtifacts(id, archive('1'));
      await releases.recordArtifacts(id, archive('1'));

      await expect(
        releases.recordArtifacts(id, archive('2')),
      ).rejects.toMatchObject({ name: 'ConflictError' });
      await expect(releases.require(id)).resolves.toMatchObject({
        artifacts: archive('1'),
      });
    });
  });

  it('given a plan, then it comes back as it was saved; saved again it takes the newer date', async () => {
    const { plans } = await create();
    await plans.save(plan);
    await expect(plans.get(plan.hash)).resolves.toEqual(plan);

    const later = { ...plan, createdAt: '2026-11-21T10:00:00.000Z' };
    await plans.save(later);

    await expect(plans.require(plan.hash)).resolves.toEqual(later);
  });

  describe('RunStore', () => {
    it('given runs of any times and any page size, then the pages give each of them once, newest first', async () => {
      const stores = await create();
      await stores.plans.save(plan);
      const release = await stores.releases.findOrCreate({
        serviceRef,
        version: '1.0.0',
        commit,
      });
      for (const second of [3, 1, 2, 2, 2, 5, 4, 4]) {
        await insertRun(stores, release, {
          createdAt: `2026-11-20T10:00:0${second}.000Z`,
        });
      }
      const { items: all } = await stores.runs.list(serviceRef);

      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 9 }), async limit => {
          const seen = [];
          let cursor: string | undefined;
          do {
            const page = await stores.runs.list(serviceRef, { limit, cursor });
            expect(page.items.length).toBeLessThanOrEqual(limit);
            expect(page.total).toBe(8);
            seen.push(...page.items);
            cursor = page.nextCursor ?? undefined;
          } while (cursor);
          expect(seen).toEqual(all);
        }),
        { numRuns: 9 },
      );
      const times = all.map(({ createdAt }) => createdAt);
      expect(times).toEqual([...times].sort().reverse());
    });

    it('given filters, then each narrows the list', async () => {
      const stores = await create();
      await stores.plans.save(plan);
      const release = await stores.releases.findOrCreate({
        serviceRef,
        version: '1.0.0',
        commit,
      });
      const id = await insertRun(stores, release, {
        createdAt: '2026-11-20T10:00:00.000Z',
        requestedBy: 'user:default/raj',
      });
      const count = async (filter: Parameters<typeof stores.runs.list>[1]) =>
        (await stores.runs.list(serviceRef, filter)).total;

      await expect(count({ environment: 'production' })).resolves.toBe(1);
      await expect(count({ environment: 'staging' })).resolves.toBe(0);
      await expect(count({ environments: ['production'] })).resolves.toBe(1);
      await expect(count({ environments: [] })).resolves.toBe(0);
      await expect(
        count({ phases: ['queued', 'waiting-for-approval'] }),
      ).resolves.toBe(1);
      await expect(count({ phases: ['queued'] })).resolves.toBe(0);
      await expect(count({ operation: 'rollback' })).resolves.toBe(0);
      await expect(count({ by: 'user:default/raj' })).resolves.toBe(1);
      await expect(count({ by: 'user:default/ana' })).resolves.toBe(0);
      await expect(count({ from: '2026-11-20T10:00:00.000Z' })).resolves.toBe(
        1,
      );
      await expect(count({ to: '2026-11-20T11:00:00+01:00' })).resolves.toBe(0);
      await expect(stores.runs.get(id)).resolves.toMatchObject({ id });
    });

    it.each(['nonsense', Buffer.from('[1]').toString('base64url'), '%'])(
      'given the cursor %p, then it is refused as bad input',
      async cursor => {
        const { runs } = await create();

        await expect(runs.list(serviceRef, { cursor })).rejects.toMatchObject({
          name: 'InputError',
        });
      },
    );

    it('given a run that is not there, then it is not found', async () => {
      const { runs, logs } = await create();
      const runId = runIdSchema.parse(randomUUID());

      await expect(runs.get(runId)).resolves.toBeUndefined();
      await expect(runs.require(runId)).rejects.toMatchObject({
        name: 'NotFoundError',
      });
      await expect(
        logs.page({ runId, after: 0, limit: 1 }),
      ).rejects.toMatchObject({ name: 'NotFoundError' });
    });
  });

  it('given many who draw tickets at once, then each gets its own and none is left out', async () => {
    const { knex } = await create();
    const key = { serviceRef, environment: 'production' };

    const tickets = await Promise.all(
      Array.from({ length: 8 }, () =>
        knex.transaction(trx => createStores(trx).environments.drawTicket(key)),
      ),
    );

    expect(tickets.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('given answers of a target that arrive in the wrong order, then the latest stays', async () => {
    const { observedStates } = await create();
    const state = (second: number) => ({
      reach: 'unreachable' as const,
      askedAt: `2026-11-20T10:00:0${second}.000Z`,
      message: `answer ${second}`,
      mend: null,
    });

    await observedStates.put(serviceRef, 'production', state(1));
    await observedStates.put(serviceRef, 'production', state(3));
    await observedStates.put(serviceRef, 'production', state(2));

    await expect(observedStates.get(serviceRef, 'production')).resolves.toEqual(
      state(3),
    );
    await expect(
      observedStates.get(serviceRef, 'staging'),
    ).resolves.toBeUndefined();
  });
});
