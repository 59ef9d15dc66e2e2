import { RunId, serviceRefSchema } from '@slipway/plugin-deployments-common';
import fc from 'fast-check';
import { createTestDatabases } from '../__testUtils__/createTestDatabases';
import { Gate } from '../__testUtils__/Gate';
import { EVE, RAJ, startRuns } from '../__testUtils__/startRuns';
import { migrateDatabase } from '../stores';

jest.setTimeout(120_000);

const databases = createTestDatabases();

describe.each(databases.eachSupportedId())(
  'environment queue on %s',
  databaseId => {
    async function start() {
      const knex = await databases.init(databaseId);
      await migrateDatabase(knex);
      return startRuns({ knex, engine: 'of the database' });
    }

    it('given two promotions at once, then one runs, the other waits, and both are done in turn', async () => {
      const runs = await start();
      const gate = new Gate();
      let atWork = 0;
      let most = 0;
      runs.target.before('upload', async () => {
        atWork += 1;
        most = Math.max(most, atWork);
        await gate.pass();
      });
      runs.target.before('verify', async () => {
        atWork -= 1;
      });
      const plans = [
        await runs.plan({ version: '1.0.0', operation: 'promote' }),
        await runs.plan({ version: '1.1.0', operation: 'promote' }),
      ];

      const ids = await Promise.all(
        plans.map(plan => runs.controller.start({ plan, requestedBy: RAJ })),
      );
      await gate.reached;
      const phases = await Promise.all(
        ids.map(async id => (await runs.view(id)).state.phase),
      );
      expect(phases.sort()).toEqual(['queued', 'running']);
      gate.open();
      const ended = await Promise.all(ids.map(id => runs.end(id)));

      expect(ended.map(({ state }) => state.phase)).toEqual([
        'succeeded',
        'succeeded',
      ]);
      expect(most).toBe(1);
    });

    it('given the same release promoted by two plans at once, then the second finds that nothing is left to do', async () => {
      const runs = await start();
      const promotion = { version: '1.0.0', operation: 'promote' } as const;
      const plans = [await runs.plan(promotion)];
      runs.settings.findings = [{ severity: 'warning', message: 'Friday' }];
      plans.push(await runs.plan(promotion));
      runs.settings.findings = [];

      const ids = await Promise.all(
        plans.map(plan => runs.controller.start({ plan, requestedBy: EVE })),
      );
      const ended = await Promise.all(ids.map(id => runs.end(id)));

      expect(
        ended
          .map(({ state }) => state)
          .sort((a, b) => (a.phase < b.phase ? 1 : -1)),
      ).toEqual([
        { phase: 'succeeded' },
        { phase: 'rejected', by: 'slipway', reason: '1.0.0 already runs' },
      ]);
    });

    it('given a run that waits for its approval, then its place in the queue is that of the moment of its approval', async () => {
      const runs = await start();
      const gate = new Gate();
      runs.target.before('upload', ({ release }) =>
        release.version === '1.0.0' ? gate.pass() : Promise.resolve(),
      );
      const holder = await runs.deploy({ version: '1.0.0' });
      await gate.reached;
      runs.settings.approvals = { needed: 1, groups: [], selfApproval: false };
      const early = await runs.plan({ version: '1.1.0' });
      const late = await runs.plan({ version: '1.2.0' });
      const [asked, askedLater] = [
        await runs.controller.start({ plan: early, requestedBy: EVE }),
        await runs.controller.start({ plan: late, requestedBy: EVE }),
      ];

      for (const [runId, plan] of [
        [askedLater, late],
        [asked, early],
      ] as const) {
        await runs.controller.decide({
          runId,
          planHash: plan.hash,
          decision: 'approved',
          by: RAJ,
        });
      }

      await expect(runs.view(askedLater)).resolves.toMatchObject({
        state: { phase: 'queued', position: 1 },
      });
      await expect(runs.view(asked)).resolves.toMatchObject({
        state: { phase: 'queued', position: 2 },
      });
      gate.open();
      await runs.end(holder);
    });

    it('given any order of arrivals, cancellations and ends in several environments, then each is served first in, first out, one run at a time, and nobody is forgotten', async () => {
      const runs = await start();
      let trial = 0;
      const gates = new Map<RunId, Gate>();
      const begun: RunId[] = [];
      runs.target.before('upload', async ({ runId }) => {
        begun.push(runId);
        await gates.get(runId)?.pass();
      });
      const environments = ['staging', 'production'] as const;
      const events = fc.array(
        fc.record({
          what: fc.constantFrom('arrive', 'arrive', 'end', 'cancel'),
          environment: fc.constantFrom(...environments),
          which: fc.nat({ max: 5 }),
        }),
        { minLength: 4, maxLength: 14 },
      );

      await fc.assert(
        fc.asyncProperty(events, async history => {
          trial += 1;
          const serviceRef = serviceRefSchema.parse(
            `component:default/shop-${trial}`,
          );
          const queues = { staging: [] as RunId[], production: [] as RunId[] };
          const expected = {
            staging: [] as RunId[],
            production: [] as RunId[],
          };
          let version = 0;

          /** The run at the head of a queue, once it is at work. */
          const head = async (environment: 'staging' | 'production') => {
            const [runId] = queues[environment];
            const gate = runId && gates.get(runId);
            if (runId && gate) {
              await gate.reached;
              if (!expected[environment].includes(runId)) {
                expected[environment].push(runId);
              }
            }
            return runId;
          };
          const end = async (environment: 'staging' | 'production') => {
            const runId = await head(environment);
            if (runId) {
              gates.get(runId)?.open();
              await runs.end(runId);
              queues[environment].shift();
              await head(environment);
            }
          };

          for (const { what, environment, which } of history) {
            const queue = queues[environment];
            if (what === 'arrive') {
              version += 1;
              const plan = await runs.plan({
                version: `${version}.0.0`,
                serviceRef,
                environment,
                operation: 'promote',
              });
              const runId = await runs.controller.start({
                plan,
                requestedBy: EVE,
              });
              gates.set(runId, new Gate());
              queue.push(runId);
              await head(environment);
            } else if (what === 'end') {
              await end(environment);
            } else {
              const waiting = queue.slice(1);
              const runId = waiting[which % Math.max(waiting.length, 1)];
              if (runId) {
                await runs.controller.cancel({ runId, by: RAJ });
                queue.splice(queue.indexOf(runId), 1);
              }
            }
          }
          for (const environment of environments) {
            while (queues[environment].length > 0) {
              await end(environment);
            }
          }

          for (const environment of environments) {
            const { items } = await runs.stores.runs.list(serviceRef, {
              environment,
              limit: 200,
            });
            const ran = items
              .filter(({ phase }) => phase === 'succeeded')
              .map(({ id }) => id);
            expect(new Set(ran)).toEqual(new Set(expected[environment]));
            expect(begun.filter(id => ran.includes(id))).toEqual(
              expected[environment],
            );
          }
        }),
        { numRuns: 12 },
      );
    });
  },
);
