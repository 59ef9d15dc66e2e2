import { mockServices } from '@backstage/backend-test-utils';
import { Secret } from '@slipway/plugin-deployments-node';
import fc from 'fast-check';
import { createTestDatabases } from '../../__testUtils__/createTestDatabases';
import { ANA, startRuns } from '../../__testUtils__/startRuns';
import { Claim, ClaimLostError } from '../../engine';
import { migrateDatabase } from '../../stores';
import { Masker } from './Masker';
import { StepLogWriter } from './StepLogWriter';

jest.setTimeout(60_000);

const databases = createTestDatabases();

describe.each(databases.eachSupportedId())(
  'StepLogWriter on %s',
  databaseId => {
    /** A run that waits for somebody, to whose log anyone may write. */
    async function start() {
      const knex = await databases.init(databaseId);
      await migrateDatabase(knex);
      const runs = await startRuns({ knex });
      runs.settings.approvals = { needed: 1, groups: [], selfApproval: false };
      let writes = 0;
      let isAway = false;
      let isLost = false;

      async function begin(
        options: { secret?: string; maxBytes?: number } = {},
      ) {
        const plan = await runs.plan({ version: '1.0.0' });
        const runId = await runs.controller.start({ plan, requestedBy: ANA });
        const claim: Claim = {
          runId,
          signal: new AbortController().signal,
          draining: false,
          canWriteAtOnce: false,
          writeAtOnce: () => Promise.reject(new Error('not here')),
          async tx(write) {
            if (isLost) {
              throw new ClaimLostError('lost');
            }
            if (isAway) {
              throw new Error('the database is away');
            }
            writes += 1;
            return knex.transaction(async trx =>
              write(trx, await trx('runs').where({ id: runId }).first()),
            );
          },
        };
        const resume = async (step = 0) =>
          new StepLogWriter({
            claim,
            step,
            masker: new Masker(
              options.secret ? [new Secret('s', options.secret)] : [],
            ),
            logger: mockServices.logger.mock(),
            usedBytes: (await runs.stores.runs.require(runId)).logBytes,
            onWritten: () => {},
            maxBytes: options.maxBytes,
          });
        const read = async () =>
          (await runs.stores.logs.page({ runId, after: 0, limit: 100_000 }))
            .lines;
        return { runId, resume, read };
      }
      return {
        runs,
        begin,
        countWrites: () => writes,
        setAway: (away: boolean) => {
          isAway = away;
        },
        loseClaim: () => {
          isLost = true;
        },
      };
    }

    it('given lines of several streams and steps, then they are kept in order, numbered from 1 without gaps', async () => {
      const { begin } = await start();
      const { resume, read } = await begin();

      const first = await resume(0);
      first.info('begin');
      first.stdout('one\ntw');
      first.stderr('warning\n');
      first.stdout('o');
      await first.close();
      const second = await resume(1);
      second.stdout('three\n');
      await second.close();

      expect(
        (await read()).map(({ line, step, stream, text }) => [
          line,
          step,
          stream,
          text,
        ]),
      ).toEqual([
        [1, 0, 'system', 'begin'],
        [2, 0, 'stdout', 'one'],
        [3, 0, 'stderr', 'warning'],
        [4, 0, 'stdout', 'two'],
        [5, 1, 'stdout', 'three'],
      ]);
    });

    it('given a chatty build, then its lines take few writes', async () => {
      const { begin, countWrites } = await start();
      const { resume, read } = await begin();
      const log = await resume();

      for (let i = 0; i < 5_000; i++) {
        log.stdout(`line ${i}\n`);
      }
      await log.close();

      expect(await read()).toHaveLength(5_000);
      expect(countWrites()).toBeLessThanOrEqual(6);
    });

    it('given a page of a log, then it begins after what is known and says how many lines there are', async () => {
      const { begin, runs } = await start();
      const { resume, runId } = await begin();
      const log = await resume();
      log.stdout('1\n2\n3\n4\n5\n');
      await log.close();

      const page = await runs.stores.logs.page({ runId, after: 2, limit: 2 });

      expect(page).toMatchObject({
        lines: [
          { line: 3, text: '3' },
          { line: 4, text: '4' },
        ],
        total: 5,
        finished: false,
      });
    });

    it('given a secret cut into pieces anywhere, then no line shows it', async () => {
      const { begin } = await start();
      const { resume, read } = await begin({ secret: 'hunter2' });
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.nat({ max: 30 }), { maxLength: 5 }),
          async cuts => {
            const text = 'login hunter2 hunter2\nhunter2';
            const at = [...new Set([0, ...cuts, text.length])].sort(
              (a, b) => a - b,
            );
            const log = await resume();
            at.forEach((from, i) => log.stdout(text.slice(from, at[i + 1])));
            await log.close();
            const texts = (await read()).map(line => line.text);
            expect(texts.slice(-2)).toEqual(['login *** ***', '***']);
          },
        ),
        { numRuns: 20 },
      );
    });

    it('given more than a run may write, then the log says so once, keeps the product’s own words, and a later step writes no more', async () => {
      const { begin } = await start();
      const { resume, read } = await begin({ maxBytes: 1_024 });

      const first = await resume(0);
      for (let i = 0; i < 100; i++) {
        first.stdout(`${'x'.repeat(50)}\n`);
      }
      first.info('step failed');
      await first.close();
      const second = await resume(1);
      second.stdout('more\n');
      second.info('taking back');
      await second.close();

      const lines = await read();
      const note = 'The log of this run has reached its limit of 1 KiB.';
      expect(lines.filter(({ text }) => text.startsWith(note))).toHaveLength(1);
      expect(lines.filter(({ stream }) => stream === 'stdout').length).toBe(8);
      expect(lines.slice(-2).map(({ text }) => text)).toEqual([
        'step failed',
        'taking back',
      ]);
    });

    it('given a database that is away for a moment, then the lines are written later', async () => {
      const { begin, setAway } = await start();
      const { resume, read } = await begin();
      const log = await resume();
      setAway(true);
      for (let i = 0; i < 1_500; i++) {
        log.stdout(`line ${i}\n`);
      }
      await expect(log.close()).rejects.toThrow('away');
      setAway(false);
      await log.close();

      expect((await read()).map(({ text }) => text)).toEqual(
        Array.from({ length: 1_500 }, (_, i) => `line ${i}`),
      );
    });

    it('given a claim that is lost, then closing says so and nothing is written', async () => {
      const { begin, loseClaim } = await start();
      const { resume, read } = await begin();
      const log = await resume();
      log.stdout('late\n');
      loseClaim();

      await expect(log.close()).rejects.toThrow(ClaimLostError);
      expect(await read()).toEqual([]);
    });
  },
);
