import { mockServices } from '@backstage/backend-test-utils';
import { createTestDatabases } from '../../__testUtils__/createTestDatabases';
import { insertRun } from '../../__testUtils__/insertRun';
import { createStores, migrateDatabase } from '../../stores';
import { RunClaims } from './RunClaims';
import { RunQueue } from './RunQueue';

jest.setTimeout(60_000);

const databases = createTestDatabases();
const SCHEMA = 'deployments_engine';
const STEPS = 14;

/** More workers in a row than a run may bring down before it is left alone. */
const MANY = 12;

describe.each(databases.eachSupportedId().filter(([id]) => id !== 'SQLITE_3'))(
  'RunClaims on %s',
  databaseId => {
    const queues: RunQueue[] = [];

    afterEach(async () => {
      await Promise.all(queues.splice(0).map(queue => queue.close()));
    });

    async function prepare() {
      const knex = await databases.init(databaseId);
      await migrateDatabase(knex);
      const logger = mockServices.logger.mock();
      const queue = await RunQueue.create({
        knex,
        logger,
        schema: SCHEMA,
        migrate: true,
      });
      queues.push(queue);
      const claims = new RunClaims({ knex, queue, logger });
      const runId = await knex.transaction(async trx => {
        const id = await insertRun(trx);
        await createStores(trx).runs.update(id, { phase: 'running' });
        await createStores(trx).steps.insert(
          id,
          Array.from({ length: STEPS }, (_, index) => ({
            id: `step-${index}`,
            title: `Step ${index}`,
            stage: 'main',
            switches: false,
          })),
        );
        await queue.add({ runId: id }, { trx });
        return id;
      });
      /** The queue finds that whoever has the run gives no sign of life. */
      const loseWorker = () =>
        knex
          .withSchema(SCHEMA)
          .from('job')
          .where({ singleton_key: runId, state: 'active' })
          .update({ state: 'retry' });
      const succeed = (index: number) =>
        createStores(knex).steps.update(
          { runId, index },
          { status: 'succeeded' },
        );
      const take = async () => {
        const job = await queue.take();
        const claim = job && (await claims.claim(job));
        return claim && { job, claim, since: performance.now() };
      };
      /** Loses so many workers one after another, or as many as had the run; tells how many. */
      const lose = async (
        count: number,
        work: (index: number) => Promise<unknown>,
      ) => {
        for (let index = 0; index < count; index++) {
          if (!(await take())) {
            return index;
          }
          await work(index);
          await loseWorker();
        }
        return count;
      };
      return { knex, logger, claims, take, runId, succeed, lose };
    }

    it('given a run that gets further with each worker that goes away, then it is never left alone', async () => {
      const { take, runId, succeed, lose, logger } = await prepare();

      const lost = await lose(MANY, succeed);

      expect(lost).toBe(MANY);
      expect(await take()).toMatchObject({ job: { runId } });
      expect(logger.error).not.toHaveBeenCalled();
    });

    it('given a run whose workers go away at the same step, then it is left alone for a while, and again after one more', async () => {
      const { knex, take, runId, lose, logger } = await prepare();
      const tryAgain = (attempt: number) =>
        createStores(knex).steps.update(
          { runId, index: 0 },
          { status: 'started', attempt },
        );
      await tryAgain(1);

      expect(await lose(MANY, tryAgain)).toBe(10);
      expect(await take()).toBeUndefined();
      await knex
        .withSchema(SCHEMA)
        .from('job')
        .where({ singleton_key: runId })
        .update({ start_after: knex.fn.now() });
      expect(await lose(MANY, tryAgain)).toBe(1);

      expect(logger.error).toHaveBeenCalledTimes(2);
      expect(logger.error).toHaveBeenCalledWith(
        expect.stringMatching(/^10 workers in a row .* next try in 60000 ms/),
        { runId },
      );
    });

    it('given a worker that gave the run back in between, then those that went away before it do not count', async () => {
      const { claims, take, lose } = await prepare();
      const rest = async () => {};
      await lose(9, rest);

      const taken = await take();
      if (!taken) {
        throw new Error('The run was not taken');
      }
      await claims.release(taken, { failures: 0, at: new Date() });

      expect(await lose(MANY, rest)).toBe(10);
    });
  },
);
