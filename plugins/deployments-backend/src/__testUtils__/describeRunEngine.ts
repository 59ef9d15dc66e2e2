import { mockServices } from '@backstage/backend-test-utils';
import { RunId } from '@slipway/plugin-deployments-common';
import fc from 'fast-check';
import { Knex } from 'knex';
import { Deferred } from '../testUtils/Deferred';
import { Gate } from './Gate';
import { createStores } from '../stores';
import { Advance, RunEngine } from '../engine';
import { insertRun } from './insertRun';

type Logger = ReturnType<typeof mockServices.logger.mock>;

export type EngineOptions = { concurrency?: number };

/** What the suite needs of an engine that it tests. */
export type EngineHarness = {
  knex: Knex;
  logger: Logger;
  /** An engine as one process of the portal has it; all of them are stopped after the test. */
  createEngine(options?: EngineOptions): Promise<RunEngine>;
};

/** Has a run inserted and woken in one transaction. */
export async function wakeNewRun(
  { knex }: EngineHarness,
  engine: RunEngine,
  at?: Date,
): Promise<RunId> {
  return knex.transaction(async trx => {
    const runId = await insertRun(trx);
    await engine.wake(runId, { trx, at });
    return runId;
  });
}

/** What is true of every engine: the specification of {@link RunEngine}. */
export function describeRunEngine(
  name: string,
  prepare: () => Promise<EngineHarness>,
): void {
  describe(name, () => {
    async function start(advance: Advance, options?: EngineOptions) {
      const harness = await prepare();
      const engine = await harness.createEngine(options);
      await engine.start(advance);
      return { ...harness, harness, engine };
    }

    it('given a wake, then the run is advanced once it is committed, and rests afterwards', async () => {
      const advanced: RunId[] = [];
      const second = new Gate();
      const { engine, harness } = await start(async ({ runId }) => {
        advanced.push(runId);
        if (advanced.length === 2) {
          second.open();
          second.pass();
        }
        return 'parked';
      });

      const first = await wakeNewRun(harness, engine);
      const other = await wakeNewRun(harness, engine);
      await second.reached;

      expect([...advanced].sort()).toEqual([first, other].sort());
      await engine.stop({ graceMs: 1_000 });
      expect(advanced).toHaveLength(2);
    });

    it('given a wake whose transaction is taken back, then nothing happens', async () => {
      const advanced: RunId[] = [];
      const done = new Deferred<void>();
      const { knex, engine, harness } = await start(async ({ runId }) => {
        advanced.push(runId);
        done.resolve();
        return 'done';
      });

      await expect(
        knex.transaction(async trx => {
          await engine.wake(await insertRun(trx), { trx });
          throw new Error('taken back');
        }),
      ).rejects.toThrow('taken back');
      const kept = await wakeNewRun(harness, engine);
      await done.promise;

      expect(advanced).toEqual([kept]);
    });

    it('given a run that is woken while it is advanced, then it is advanced once more, and never by two', async () => {
      const inside = new Gate();
      const again = new Deferred<void>();
      let times = 0;
      let atWork = 0;
      const { knex, engine, harness } = await start(async () => {
        times += 1;
        atWork += 1;
        expect(atWork).toBe(1);
        await (times === 1 ? inside.pass() : undefined);
        atWork -= 1;
        if (times === 2) {
          again.resolve();
        }
        return 'parked';
      });
      const runId = await wakeNewRun(harness, engine);
      await inside.reached;

      await knex.transaction(trx => engine.wake(runId, { trx }));
      await knex.transaction(trx => engine.wake(runId, { trx }));
      const other = await wakeNewRun(harness, engine);
      inside.open();

      await again.promise;
      await expect(createStores(knex).runs.get(other)).resolves.toBeDefined();
      await engine.stop({ graceMs: 1_000 });
    });

    it('given a run that is woken while it is advanced, then other runs are advanced in the meantime', async () => {
      const inside = new Gate();
      const found = new Deferred<RunId>();
      let first: RunId | undefined;
      const { knex, engine, harness } = await start(async ({ runId }) => {
        first ??= runId;
        if (runId === first) {
          await inside.pass();
        } else {
          found.resolve(runId);
        }
        return 'parked';
      });
      const runId = await wakeNewRun(harness, engine);
      await inside.reached;
      await knex.transaction(trx => engine.wake(runId, { trx }));

      const other = await wakeNewRun(harness, engine);

      expect(await found.promise).toBe(other);
      inside.open();
    });

    it('given a wake for later, then the run is not advanced before', async () => {
      const at = new Date(Date.now() + 200);
      const advancedAt = new Deferred<number>();
      const { engine, harness } = await start(async () => {
        advancedAt.resolve(Date.now());
        return 'done';
      });

      await wakeNewRun(harness, engine, at);

      expect(await advancedAt.promise).toBeGreaterThanOrEqual(at.getTime());
    });

    it('given a wake for later and one for now, then the run is advanced now', async () => {
      const advanced = new Deferred<RunId>();
      const { knex, engine, harness } = await start(async ({ runId }) => {
        advanced.resolve(runId);
        return 'parked';
      });
      const runId = await wakeNewRun(
        harness,
        engine,
        new Date(Date.now() + 3_600_000),
      );

      await knex.transaction(trx => engine.wake(runId, { trx }));

      expect(await advanced.promise).toBe(runId);
    });

    it('given an advance that throws, then the run is tried again later, and others are not held up', async () => {
      const again = new Deferred<void>();
      const others = new Deferred<RunId>();
      let poison: RunId | undefined;
      let times = 0;
      const { engine, harness } = await start(
        async ({ runId }) => {
          poison ??= runId;
          if (runId !== poison) {
            others.resolve(runId);
            return 'done';
          }
          times += 1;
          if (times === 2) {
            again.resolve();
          }
          throw new Error('the database is away');
        },
        { concurrency: 1 },
      );

      await wakeNewRun(harness, engine);
      const other = await wakeNewRun(harness, engine);

      expect(await others.promise).toBe(other);
      await again.promise;
      expect(times).toBe(2);
    });

    it('given more runs than may progress at once, then the others wait for a place', async () => {
      const gates = [new Gate(), new Gate(), new Gate()];
      let begun = 0;
      const { engine, harness } = await start(
        async () => {
          const gate = gates[begun];
          begun += 1;
          await gate.pass();
          return 'done';
        },
        { concurrency: 2 },
      );
      for (const _ of gates) {
        await wakeNewRun(harness, engine);
      }
      await Promise.all([gates[0].reached, gates[1].reached]);
      expect(begun).toBe(2);

      gates[0].open();
      await gates[2].reached;
      gates[1].open();
      gates[2].open();
    });

    it('given runs that are woken any number of times in any order, then each is looked at after its last wake, and by one worker at a time', async () => {
      const atWork = new Set<RunId>();
      const seen = new Map<RunId, number>();
      let advancedOnce = new Deferred<void>();
      const { knex, engine, harness } = await start(async claim => {
        expect(atWork.has(claim.runId)).toBe(false);
        atWork.add(claim.runId);
        // `reason` counts the wakes.
        const row = await claim.tx(trx =>
          trx('runs').where({ id: claim.runId }).first('reason'),
        );
        seen.set(claim.runId, Number(row.reason));
        atWork.delete(claim.runId);
        advancedOnce.resolve();
        advancedOnce = new Deferred();
        return 'parked';
      });
      const runIds = await Promise.all(
        Array.from({ length: 3 }, () =>
          harness.knex.transaction(trx => insertRun(trx)),
        ),
      );
      const wakes = new Map(runIds.map(id => [id, 0]));

      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 8 }),
          async order => {
            await Promise.all(
              order.map(index => {
                const id = runIds[index];
                const count = (wakes.get(id) ?? 0) + 1;
                wakes.set(id, count);
                return knex.transaction(async trx => {
                  const reason = trx.raw(
                    'CAST(CAST(COALESCE(reason, ?) AS INTEGER) + 1 AS VARCHAR(10))',
                    ['0'],
                  );
                  await trx('runs').where({ id }).update({ reason });
                  await engine.wake(id, { trx });
                });
              }),
            );
            for (const index of order) {
              const id = runIds[index];
              while ((seen.get(id) ?? 0) < (wakes.get(id) ?? 0)) {
                await advancedOnce.promise;
              }
            }
          },
        ),
        { numRuns: 20 },
      );
    });

    it('given an engine that stops, then a run is given back before its next step, and the next engine has it at once', async () => {
      const inside = new Gate();
      const { engine, harness } = await start(async claim => {
        await inside.pass();
        expect(claim.draining).toBe(true);
        return 'parked';
      });
      const runId = await wakeNewRun(harness, engine);
      await inside.reached;
      const found = new Deferred<RunId>();

      const stopped = engine.stop({ graceMs: 60_000 });
      inside.open();
      await stopped;
      const next = await harness.createEngine();
      await next.start(async claim => {
        found.resolve(claim.runId);
        return 'done';
      });

      expect(await found.promise).toBe(runId);
    });

    it('given a step that takes longer than the grace, then it is aborted, and the next engine has the run at once', async () => {
      const inside = new Deferred<void>();
      const { engine, harness } = await start(async claim => {
        inside.resolve();
        await new Promise((_, reject) => {
          claim.signal.addEventListener('abort', () =>
            reject(claim.signal.reason),
          );
        });
        return 'done';
      });
      const runId = await wakeNewRun(harness, engine);
      await inside.promise;

      await engine.stop({ graceMs: 0 });
      const found = new Deferred<RunId>();
      const next = await harness.createEngine();
      await next.start(async claim => {
        found.resolve(claim.runId);
        return 'done';
      });

      expect(await found.promise).toBe(runId);
    });

    it('given an engine that is told to stop while it claims a run, then it does not begin that run, and the next engine has it at once', async () => {
      const harness = await prepare();
      const engine = await harness.createEngine();
      const runIds = [
        await wakeNewRun(harness, engine),
        await wakeNewRun(harness, engine),
      ];
      const begun: RunId[] = [];
      const stopped = new Deferred<void>();
      await engine.start(async ({ runId }) => {
        begun.push(runId);
        // The other run is being claimed at this moment.
        engine.stop({ graceMs: 60_000 }).then(() => stopped.resolve());
        return 'parked';
      });
      await stopped.promise;
      expect(begun).toHaveLength(1);

      const left = runIds.find(runId => !begun.includes(runId));
      const found = new Deferred<void>();
      const next = await harness.createEngine();
      await next.start(async ({ runId }) => {
        if (runId === left) {
          found.resolve();
        }
        return 'done';
      });

      await found.promise;
    });

    it('given a stopped engine, then it claims no more, and what it is told the next one knows', async () => {
      const advanced: RunId[] = [];
      const { engine, harness } = await start(async ({ runId }) => {
        advanced.push(runId);
        return 'done';
      });
      await engine.stop({ graceMs: 0 });

      const runId = await wakeNewRun(harness, engine);

      const next = await harness.createEngine();
      const found = new Deferred<RunId>();
      await next.start(async claim => {
        found.resolve(claim.runId);
        return 'done';
      });
      expect(await found.promise).toBe(runId);
      expect(advanced).toEqual([]);
    });

    it('given a claim that another took, then it writes nothing, and its signal says so', async () => {
      const refused = new Deferred<unknown>();
      const aborted = new Deferred<boolean>();
      const { knex, engine, harness } = await start(async claim => {
        await knex('runs').where({ id: claim.runId }).increment('fence', 1);
        await claim
          .tx(trx => trx('runs').update({ reason: 'old' }))
          .catch(error => refused.resolve(error));
        aborted.resolve(claim.signal.aborted);
        return 'parked';
      });

      const runId = await wakeNewRun(harness, engine);

      expect(await refused.promise).toMatchObject({ name: 'ClaimLostError' });
      expect(await aborted.promise).toBe(true);
      await expect(createStores(knex).runs.get(runId)).resolves.toMatchObject({
        reason: null,
      });
    });
  });
}
