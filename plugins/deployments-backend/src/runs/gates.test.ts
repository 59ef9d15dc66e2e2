import {
  Approval,
  ObservedState,
  PlanHash,
  RunId,
} from '@slipway/plugin-deployments-common';
import { CheckProvider, CheckResult } from '@slipway/plugin-deployments-node';
import { Knex } from 'knex';
import { z } from 'zod';
import { createTestDatabases } from '../__testUtils__/createTestDatabases';
import { Gate } from '../__testUtils__/Gate';
import { Lifeline } from '../__testUtils__/Lifeline';
import {
  ANA,
  EVE,
  RAJ,
  Runs,
  Settings,
  SHOP,
  startRuns,
} from '../__testUtils__/startRuns';
import { recordServing } from '../gates';
import { migrateDatabase } from '../stores';
import { describeRuns, RunView } from './describeRuns';

jest.setTimeout(60_000);

const databases = createTestDatabases();

const HOUR_MS = 3_600_000;

/** A Monday, years away from the clock of the machine: what is to be woken then is not woken by itself. */
const NOON = '2035-11-19T12:00:00.000Z';

const NIGHTS = {
  name: 'Nights',
  reason: 'Nobody is awake.',
  cron: '0 18 * * *',
  timeZone: 'UTC',
  duration: '14h',
};

/** A clock that stands still until it is set. */
class FakeClock {
  #now = new Date(NOON);

  readonly read = () => this.#now;

  set(at: string): void {
    this.#now = new Date(at);
  }

  forward(ms: number): void {
    this.#now = new Date(this.#now.getTime() + ms);
  }
}

/** A check whose answer a test sets. */
class FakeCheck implements CheckProvider<unknown> {
  readonly kind = 'fake';
  readonly parametersSchema = z.unknown();
  answer: CheckResult = {
    state: 'pending',
    reason: 'It is under way.',
    evidence: null,
  };

  async check(): Promise<CheckResult> {
    return this.answer;
  }
}

describe.each(databases.eachSupportedId())(
  'gates of runs on %s (P6, A2.1)',
  databaseId => {
    async function createDatabase(): Promise<Knex> {
      const knex = await databases.init(databaseId);
      await migrateDatabase(knex);
      return knex;
    }

    async function start(
      settings: Partial<Settings> = {},
      more: Partial<Parameters<typeof startRuns>[0]> = {},
    ) {
      const knex = more.knex ?? (await createDatabase());
      const clock = new FakeClock();
      const check = new FakeCheck();
      const runs = await startRuns({
        engine: 'of the database',
        clock: clock.read,
        providers: new Map([[check.kind, check]]),
        settings: {
          approvals: { needed: 0, groups: [], selfApproval: false },
          variables: {},
          findings: [],
          ...settings,
        },
        ...more,
        knex,
      });
      /** What the engine does when the time has come. */
      const wake = (runId: RunId) =>
        knex.transaction(trx => runs.engine.wake(runId, { trx }));
      return { knex, clock, check, runs, wake };
    }

    const waitsForGates = ({ state }: Pick<RunView, 'state'>) =>
      state.phase === 'waiting-for-gates' && state.holding.length > 0;

    /** Until a worker has looked at the gates of a run, and found it held. */
    const looked = (runs: Runs, runId: RunId) =>
      runs.until(runId, waitsForGates);

    async function approve(
      runs: Runs,
      runId: RunId,
      by: string,
      groups: Approval['groups'] = [],
    ) {
      const { planHash } = await runs.view(runId);
      await runs.controller.decide({
        runId,
        planHash,
        decision: 'approved',
        by,
        groups,
      });
    }

    describe('freezes', () => {
      it('given a freeze, then the run waits for its end, says so, holds nothing, and goes on then', async () => {
        const { runs, clock, wake } = await start({
          protection: { freezes: [NIGHTS] },
        });
        clock.set('2035-11-19T20:00:00Z');

        const runId = await runs.deploy({ version: '1.0.0' });
        const held = await looked(runs, runId);

        expect(held.state).toMatchObject({
          holding: [
            {
              id: 'freeze:Nights',
              kind: 'freeze',
              state: 'waiting',
              reason: 'Nobody is awake.',
              until: '2035-11-20T08:00:00.000Z',
            },
          ],
        });
        await expect(
          runs.stores.environments.get({
            serviceRef: SHOP,
            environment: 'production',
          }),
        ).resolves.toMatchObject({ heldBy: null });
        clock.set('2035-11-20T08:00:00Z');
        await wake(runId);
        await expect(runs.end(runId)).resolves.toMatchObject({
          state: { phase: 'succeeded' },
        });
      });

      it('given a freeze that has begun while a run was in the queue, then the run waits again, and lets the next one in', async () => {
        const { runs, clock } = await start({
          protection: { freezes: [NIGHTS] },
        });
        const gate = new Gate();
        runs.target.before('upload', ({ release }) =>
          release.version === '1.0.0' ? gate.pass() : Promise.resolve(),
        );
        const first = await runs.deploy({ version: '1.0.0' });
        await gate.reached;
        const second = await runs.deploy({ version: '1.1.0' });
        await runs.until(second, ({ state }) => state.phase === 'queued');
        const back = await runs.deploy({
          version: '0.9.0',
          operation: 'rollback',
        });

        clock.set('2035-11-19T18:00:00Z');
        gate.open();

        await runs.end(first);
        await expect(runs.end(back)).resolves.toMatchObject({
          state: { phase: 'succeeded' },
        });
        await expect(runs.view(second)).resolves.toMatchObject({
          state: {
            phase: 'waiting-for-gates',
            holding: [{ id: 'freeze:Nights' }],
          },
          startedAt: null,
        });
      });

      it('given a freeze, then a rollback passes, unless the manifest wants it held', async () => {
        const { runs, clock } = await start({
          protection: { freezes: [NIGHTS] },
        });
        clock.set('2035-11-19T20:00:00Z');

        await expect(
          runs.end(
            await runs.deploy({ version: '1.0.0', operation: 'rollback' }),
          ),
        ).resolves.toMatchObject({ state: { phase: 'succeeded' } });

        runs.settings.protection = { freezes: [NIGHTS], holdsRollback: true };
        const held = await runs.deploy({
          version: '0.9.0',
          operation: 'rollback',
        });
        await expect(looked(runs, held)).resolves.toMatchObject({
          state: { holding: [{ id: 'freeze:Nights' }] },
        });
      });

      it('given a freeze, then a rollback that goes forward waits for its end', async () => {
        const { runs, clock } = await start({
          protection: { freezes: [NIGHTS] },
        });
        await runs.end(await runs.deploy({ version: '1.0.0' }));
        clock.set('2035-11-19T20:00:00Z');

        const ahead = await runs.deploy({
          version: '1.1.0',
          operation: 'rollback',
        });
        await expect(looked(runs, ahead)).resolves.toMatchObject({
          state: { holding: [{ id: 'freeze:Nights' }] },
        });
        const back = await runs.deploy({
          version: '0.9.0',
          operation: 'rollback',
        });
        await expect(runs.end(back)).resolves.toMatchObject({
          state: { phase: 'succeeded' },
        });
      });

      it('given an override with its reason, then the run goes, and the run and its log say who and why', async () => {
        const { runs, clock } = await start({
          protection: { freezes: [NIGHTS] },
        });
        clock.set('2035-11-19T20:00:00Z');
        const runId = await runs.deploy({ version: '1.0.0' });
        const { planHash } = await looked(runs, runId);

        await runs.gateController.override({
          runId,
          planHash,
          gateId: 'freeze:Nights',
          by: RAJ,
          reason: 'The shop is down',
        });

        await expect(runs.end(runId)).resolves.toMatchObject({
          state: { phase: 'succeeded' },
          gates: [
            {
              state: 'overridden',
              decision: { what: 'override', by: RAJ },
            },
          ],
        });
        await expect(runs.logOf(runId)).resolves.toContain(
          'raj lets this run pass “Nights”: The shop is down',
        );
      });

      it.each<
        [
          string,
          Partial<{
            by: string;
            reason: string;
            expiresAt: string;
            planHash: PlanHash;
            gateId: string;
          }>,
          string,
        ]
      >([
        ['by the one who asked', { by: ANA }, 'NotAllowedError'],
        ['without a reason', { reason: ' ' }, 'InputError'],
        ['that has ended already', { expiresAt: NOON }, 'InputError'],
        [
          'of a gate that is not there',
          { gateId: 'freeze:x' },
          'NotFoundError',
        ],
        [
          'of a gate that nobody may override',
          { gateId: 'checklist:told' },
          'InputError',
        ],
        [
          'for another plan',
          { planHash: 'f'.repeat(64) as PlanHash },
          'ConflictError',
        ],
      ])('given an override %s, then it is refused', async (_, part, name) => {
        const { runs, clock } = await start({
          protection: {
            freezes: [NIGHTS],
            checklist: [{ id: 'told', title: 'Operations are told' }],
          },
        });
        clock.set('2035-11-19T20:00:00Z');
        const runId = await runs.deploy({ version: '1.0.0' });
        const { planHash } = await looked(runs, runId);

        await expect(
          runs.gateController.override({
            runId,
            planHash,
            gateId: 'freeze:Nights',
            by: RAJ,
            reason: 'Urgent',
            ...part,
          }),
        ).rejects.toMatchObject({ name });
        await expect(runs.view(runId)).resolves.toMatchObject({
          state: { phase: 'waiting-for-gates' },
        });
      });

      it('given an override that ends before the run can go, then the freeze holds again', async () => {
        const { runs, clock, wake } = await start({
          protection: {
            freezes: [NIGHTS],
            checklist: [{ id: 'told', title: 'Operations are told' }],
          },
        });
        clock.set('2035-11-19T20:00:00Z');
        const runId = await runs.deploy({ version: '1.0.0' });
        const { planHash } = await looked(runs, runId);
        await runs.gateController.override({
          runId,
          planHash,
          gateId: 'freeze:Nights',
          by: RAJ,
          reason: 'Urgent',
          expiresAt: '2035-11-19T21:00:00.000Z',
        });
        await expect(runs.view(runId)).resolves.toMatchObject({
          state: { holding: [{ id: 'checklist:told' }] },
        });

        clock.set('2035-11-19T21:00:00Z');
        await runs.gateController.tick({
          runId,
          planHash,
          gateId: 'checklist:told',
          by: RAJ,
          ticked: true,
        });
        await wake(runId);

        await expect(looked(runs, runId)).resolves.toMatchObject({
          state: { holding: [{ id: 'freeze:Nights' }] },
        });
      });
    });

    it.each([
      ['without an end', undefined, '2035-11-20T08:00:00.000Z'],
      [
        'that would outlast the freeze',
        '2035-12-01T00:00:00.000Z',
        '2035-11-20T08:00:00.000Z',
      ],
      [
        'with an end in nanoseconds',
        '2035-11-19T21:00:00.123456789Z',
        '2035-11-19T21:00:00.123Z',
      ],
    ])(
      'given an override of a freeze %s, then it ends with the freeze at the latest, and the next one holds the run again',
      async (_, expiresAt, end) => {
        const { runs, clock, wake } = await start({
          protection: {
            freezes: [NIGHTS],
            checklist: [{ id: 'told', title: 'Operations are told' }],
          },
        });
        clock.set('2035-11-19T20:00:00Z');
        const runId = await runs.deploy({ version: '1.0.0' });
        const { planHash } = await looked(runs, runId);

        await runs.gateController.override({
          runId,
          planHash,
          gateId: 'freeze:Nights',
          by: RAJ,
          reason: 'Urgent',
          expiresAt,
        });

        await expect(runs.view(runId)).resolves.toMatchObject({
          gates: [
            { state: 'overridden', decision: { expiresAt: end } },
            { state: 'waiting' },
          ],
        });
        clock.set('2035-11-20T20:00:00Z');
        await runs.gateController.tick({
          runId,
          planHash,
          gateId: 'checklist:told',
          by: RAJ,
          ticked: true,
        });
        await wake(runId);
        await runs.until(
          runId,
          ({ gates }) => gates[0].until === '2035-11-21T08:00:00.000Z',
        );
        await expect(runs.view(runId)).resolves.toMatchObject({
          state: { holding: [{ id: 'freeze:Nights' }] },
        });
      },
    );

    describe('checks', () => {
      const protection = {
        checks: [{ name: 'Change ticket', kind: 'fake' }],
      };

      it('given a check under way, then the run is looked at again until it has passed', async () => {
        const { runs, check, clock, wake } = await start({ protection });
        const runId = await runs.deploy({ version: '1.0.0' });
        await expect(looked(runs, runId)).resolves.toMatchObject({
          state: {
            holding: [
              {
                id: 'check:Change ticket',
                state: 'waiting',
                reason: 'It is under way.',
              },
            ],
          },
        });

        check.answer = {
          state: 'passed',
          reason: 'Approved.',
          evidence: { text: 'CHG-1', url: 'https://tickets.test/CHG-1' },
        };
        clock.forward(60_000);
        await wake(runId);

        await expect(runs.end(runId)).resolves.toMatchObject({
          state: { phase: 'succeeded' },
          gates: [{ state: 'open', evidence: { text: 'CHG-1' } }],
        });
      });

      it('given a check that throws, then the run waits, and says why', async () => {
        const { runs, check } = await start({ protection });
        check.check = async () => {
          throw new Error('tickets.test is away');
        };
        const runId = await runs.deploy({ version: '1.0.0' });

        await expect(looked(runs, runId)).resolves.toMatchObject({
          gates: [
            {
              state: 'waiting',
              reason: 'It could not be asked: tickets.test is away',
            },
          ],
        });
      });

      it('given a check that failed, when somebody lets the run pass it, then the run goes', async () => {
        const { runs, check } = await start({ protection });
        check.answer = { state: 'failed', reason: 'Refused.', evidence: null };
        const runId = await runs.deploy({ version: '1.0.0' });
        const { planHash, gates } = await looked(runs, runId);
        expect(gates).toMatchObject([{ state: 'blocked', reason: 'Refused.' }]);

        await runs.gateController.override({
          runId,
          planHash,
          gateId: 'check:Change ticket',
          by: RAJ,
          reason: 'The ticket system is wrong',
        });

        await expect(runs.end(runId)).resolves.toMatchObject({
          state: { phase: 'succeeded' },
        });
      });
    });

    it('given a check that a person waived while it was under way, when it fails, then it holds the run again, until a person waives that', async () => {
      const { runs, check, clock, wake } = await start({
        protection: {
          checks: [{ name: 'Change ticket', kind: 'fake' }],
          checklist: [{ id: 'told', title: 'Operations are told' }],
        },
      });
      const runId = await runs.deploy({ version: '1.0.0' });
      const { planHash } = await looked(runs, runId);
      const override = {
        runId,
        planHash,
        gateId: 'check:Change ticket',
        by: RAJ,
        reason: 'The ticket system is slow',
      };
      await runs.gateController.override(override);
      await expect(runs.view(runId)).resolves.toMatchObject({
        state: { holding: [{ id: 'checklist:told' }] },
      });

      check.answer = { state: 'failed', reason: 'Refused.', evidence: null };
      clock.forward(60_000);
      await wake(runId);
      await runs.until(runId, ({ gates }) => gates[0].state === 'blocked');
      await expect(runs.view(runId)).resolves.toMatchObject({
        gates: [{ decision: null }, {}],
        state: {
          holding: [{ id: 'check:Change ticket' }, { id: 'checklist:told' }],
        },
      });

      await runs.gateController.override(override);
      check.answer = { state: 'pending', reason: 'Again.', evidence: null };
      clock.forward(60_000);
      await runs.gateController.tick({
        runId,
        planHash,
        gateId: 'checklist:told',
        by: RAJ,
        ticked: true,
      });
      await expect(runs.end(runId)).resolves.toMatchObject({
        state: { phase: 'succeeded' },
      });
    });

    describe('checklist', () => {
      const protection = {
        checklist: [{ id: 'told', title: 'Operations are told' }],
      };
      const tick = (
        runs: Runs,
        runId: RunId,
        planHash: PlanHash,
        ticked = true,
      ) =>
        runs.gateController.tick({
          runId,
          planHash,
          gateId: 'checklist:told',
          by: ANA,
          ticked,
        });

      it('given an item for people, then the run waits until it is ticked, and its log says by whom', async () => {
        const { runs } = await start({ protection });
        const runId = await runs.deploy({ version: '1.0.0' });
        const { planHash } = await looked(runs, runId);

        await tick(runs, runId, planHash);

        await expect(runs.end(runId)).resolves.toMatchObject({
          state: { phase: 'succeeded' },
          gates: [{ state: 'open', decision: { what: 'tick', by: ANA } }],
        });
        await expect(runs.logOf(runId)).resolves.toContain(
          'ana ticked “Operations are told”.',
        );
        await expect(tick(runs, runId, planHash, false)).rejects.toMatchObject({
          name: 'ConflictError',
        });
      });

      it('given a tick that is taken back while the run is in the queue, then the run waits again when its turn comes', async () => {
        const { runs } = await start({ protection });
        const gate = new Gate();
        runs.target.before('upload', ({ release }) =>
          release.version === '1.0.0' ? gate.pass() : Promise.resolve(),
        );
        const first = await runs.deploy({ version: '1.0.0' });
        await tick(runs, first, (await looked(runs, first)).planHash);
        await gate.reached;
        const runId = await runs.deploy({
          version: '1.1.0',
          environment: 'production',
        });
        const { planHash } = await looked(runs, runId);
        await tick(runs, runId, planHash);
        await runs.until(runId, ({ state }) => state.phase === 'queued');

        await tick(runs, runId, planHash, false);
        gate.open();
        await runs.end(first);

        await expect(looked(runs, runId)).resolves.toMatchObject({
          state: { holding: [{ id: 'checklist:told' }] },
        });
      });

      it('given a plan that changed, then what was ticked for the old one does not count', async () => {
        const { runs } = await start({ protection });
        const gate = new Gate();
        runs.target.before('upload', ({ release }) =>
          release.version === '1.0.0' ? gate.pass() : Promise.resolve(),
        );
        const first = await runs.deploy({ version: '1.0.0' });
        await tick(runs, first, (await looked(runs, first)).planHash);
        await gate.reached;
        const runId = await runs.deploy({ version: '1.1.0' });
        const { planHash } = await looked(runs, runId);
        await tick(runs, runId, planHash);

        gate.open();
        await runs.end(first);
        const held = await runs.until(
          runId,
          run => waitsForGates(run) && run.planHash !== planHash,
        );

        expect(held.gates).toMatchObject([
          { state: 'waiting', decision: null },
        ]);
        await tick(runs, runId, held.planHash);
        await expect(runs.end(runId)).resolves.toMatchObject({
          state: { phase: 'succeeded' },
        });
      });
    });

    describe('gates that came while a run waited', () => {
      const TOLD = { id: 'told', title: 'Operations are told' };
      const SUPPORT = { id: 'support-told', title: 'Support is told' };
      const tick = async (runs: Runs, runId: RunId, id: string) =>
        runs.gateController.tick({
          runId,
          planHash: (await runs.view(runId)).planHash,
          gateId: `checklist:${id}`,
          by: RAJ,
          ticked: true,
        });

      it('given approvals, then the run takes the new plan, waits for people again, and goes once they answered all of it', async () => {
        const { runs, wake } = await start({
          approvals: { needed: 1, groups: [], selfApproval: false },
          protection: { checklist: [TOLD] },
        });
        const runId = await runs.deploy({ version: '1.0.0' });
        await approve(runs, runId, RAJ);
        const { planHash } = await looked(runs, runId);

        runs.settings.protection = { checklist: [TOLD, SUPPORT] };
        await wake(runId);
        const again = await runs.until(
          runId,
          run =>
            run.state.phase === 'waiting-for-approval' &&
            run.planHash !== planHash,
        );
        expect(again.gates.map(({ id }) => id)).toEqual([
          'approval',
          'checklist:told',
          'checklist:support-told',
        ]);
        await approve(runs, runId, RAJ);
        await looked(runs, runId);
        await tick(runs, runId, 'told');
        await tick(runs, runId, 'support-told');

        await expect(runs.end(runId)).resolves.toMatchObject({
          state: { phase: 'succeeded' },
        });
      });

      it('given no approvals, then the run is rejected by the product, and says what changed', async () => {
        const { runs, wake } = await start({
          protection: { checklist: [TOLD] },
        });
        const runId = await runs.deploy({ version: '1.0.0' });
        await looked(runs, runId);

        runs.settings.protection = { checklist: [TOLD, SUPPORT] };
        await wake(runId);

        await expect(runs.end(runId)).resolves.toMatchObject({
          state: {
            phase: 'rejected',
            by: 'slipway',
            reason: expect.stringMatching(/^The plan changed/),
          },
        });
      });

      it('given a gate that is there no more, then the run shows it no more', async () => {
        const { runs, wake } = await start({
          approvals: { needed: 1, groups: [], selfApproval: false },
          protection: { checklist: [TOLD, SUPPORT] },
        });
        const runId = await runs.deploy({ version: '1.0.0' });
        await approve(runs, runId, RAJ);
        const { planHash } = await looked(runs, runId);

        runs.settings.protection = { checklist: [TOLD] };
        await wake(runId);

        const again = await runs.until(runId, run => run.planHash !== planHash);
        expect(again.gates.map(({ id }) => id)).toEqual([
          'approval',
          'checklist:told',
        ]);
        await approve(runs, runId, RAJ);
        await expect(runs.until(runId, waitsForGates)).resolves.toMatchObject({
          state: { holding: [{ id: 'checklist:told' }] },
        });
      });
    });

    describe('soak', () => {
      const protection = { soak: '2h' };

      async function observe(
        runs: Runs,
        at: Date,
        part: Partial<Extract<ObservedState, { reach: 'reached' }>> = {},
      ) {
        const release = await runs.createRelease('1.0.0');
        const observed: ObservedState = {
          reach: 'reached',
          askedAt: at.toISOString(),
          release: {
            id: release.id,
            version: '1.0.0',
            commitId: release.commit.id,
            digest: null,
          },
          health: 'healthy',
          healthReason: null,
          processes: [],
          desiredProcesses: null,
          keptReleases: [],
          url: null,
          ...part,
        };
        const of = { serviceRef: SHOP, environment: 'staging', observed };
        await runs.stores.observedStates.put(SHOP, 'staging', observed);
        await recordServing({ ...of, stores: runs.stores, intervalMs: 60_000 });
      }

      it('given a release that serves in staging, then the run waits until it has for long enough, in good health, without a break', async () => {
        const { runs, clock, wake } = await start({ protection });
        /** Staging is asked every four minutes. */
        const pass = async (
          ms: number,
          part?: Parameters<typeof observe>[2],
        ) => {
          for (let passed = 0; passed < ms; passed += 240_000) {
            clock.forward(240_000);
            await observe(runs, clock.read(), part);
          }
        };
        await observe(runs, clock.read());
        await pass(HOUR_MS);
        const runId = await runs.deploy({ version: '1.0.0' });
        const held = await looked(runs, runId);
        expect(held.gates).toMatchObject([
          {
            kind: 'soak',
            state: 'waiting',
            until: new Date(clock.read().getTime() + HOUR_MS).toISOString(),
          },
        ]);

        await pass(1, { health: 'unhealthy' });
        await wake(runId);
        await runs.until(runId, ({ gates }) =>
          gates[0].reason.includes('unhealthy'),
        );
        await pass(HOUR_MS);
        await wake(runId);
        await runs.until(runId, ({ gates }) => gates[0].until !== null);
        await expect(runs.view(runId)).resolves.toMatchObject({
          state: { phase: 'waiting-for-gates' },
        });
        await pass(HOUR_MS + 240_000);
        await wake(runId);

        await expect(runs.end(runId)).resolves.toMatchObject({
          state: { phase: 'succeeded' },
        });
      });

      it('given time in which nobody looked, then it does not count', async () => {
        const { runs, clock } = await start({ protection });
        await observe(runs, clock.read());
        clock.forward(24 * HOUR_MS);
        await observe(runs, clock.read());

        const runId = await runs.deploy({ version: '1.0.0' });

        await expect(looked(runs, runId)).resolves.toMatchObject({
          gates: [
            {
              until: new Date(
                clock.read().getTime() + 2 * HOUR_MS,
              ).toISOString(),
            },
          ],
        });
      });

      it('given another release in staging, then the run is held, and says what runs there', async () => {
        const { runs, clock } = await start({ protection });
        await observe(runs, clock.read());

        const runId = await runs.deploy({ version: '1.1.0' });

        await expect(looked(runs, runId)).resolves.toMatchObject({
          gates: [
            { state: 'blocked', reason: 'staging runs 1.0.0, not 1.1.0.' },
          ],
        });
      });
    });

    describe('approvals', () => {
      const PAY = 'group:default/payments-ops';
      const SEC = 'group:default/security';

      it('given quorums of two groups, then both have to be there, whoever else approves', async () => {
        const { runs } = await start({
          approvals: {
            needed: 2,
            groups: [PAY, SEC],
            selfApproval: false,
            quorums: [
              { group: PAY, needed: 1 },
              { group: SEC, needed: 1 },
            ],
          },
        });
        const runId = await runs.deploy({ version: '1.0.0' });

        await approve(runs, runId, RAJ, [PAY]);
        await approve(runs, runId, EVE, [PAY]);
        await expect(runs.view(runId)).resolves.toMatchObject({
          state: { phase: 'waiting-for-approval', given: 1, needed: 2 },
          gates: [
            { id: 'approval', state: 'open' },
            { id: `approval:${PAY}`, state: 'open' },
            { id: `approval:${SEC}`, state: 'waiting' },
          ],
        });
        const [listed] = await describeRuns({
          stores: runs.stores,
          runs: [await runs.stores.runs.require(runId)],
        });
        expect(listed.state).toMatchObject({ given: 1, needed: 2 });
        await approve(runs, runId, 'user:default/sam', [SEC]);

        await expect(runs.end(runId)).resolves.toMatchObject({
          state: { phase: 'succeeded' },
        });
      });

      it('given nobody who approves in time, then the run is rejected by the product, and nobody can approve any more', async () => {
        const { runs, clock, wake } = await start({
          approvals: {
            needed: 1,
            groups: [],
            selfApproval: false,
            expiryMs: 24 * HOUR_MS,
          },
        });
        const runId = await runs.deploy({ version: '1.0.0' });
        await expect(runs.view(runId)).resolves.toMatchObject({
          state: { expiresAt: '2035-11-20T12:00:00.000Z' },
        });

        clock.set('2035-11-20T12:00:00Z');
        await expect(approve(runs, runId, RAJ)).rejects.toMatchObject({
          name: 'ConflictError',
        });
        await wake(runId);

        await expect(runs.end(runId)).resolves.toMatchObject({
          state: {
            phase: 'rejected',
            by: 'slipway',
            reason: expect.stringContaining('within 24 h'),
          },
        });
      });

      it('given an approval that grew old while the run was held by a freeze, then it counts no more, and the run waits for people again', async () => {
        const { runs, clock, wake } = await start({
          approvals: {
            needed: 1,
            groups: [],
            selfApproval: false,
            expiryMs: 12 * HOUR_MS,
          },
          protection: { freezes: [NIGHTS] },
        });
        clock.set('2035-11-19T19:00:00Z');
        const runId = await runs.deploy({ version: '1.0.0' });
        await approve(runs, runId, RAJ);
        await looked(runs, runId);

        clock.set('2035-11-20T08:00:00Z');
        await wake(runId);
        await runs.until(
          runId,
          ({ state }) => state.phase === 'waiting-for-approval',
        );
        await approve(runs, runId, RAJ);

        await expect(runs.end(runId)).resolves.toMatchObject({
          state: { phase: 'succeeded' },
        });
      });

      it('given an approval that grew old in the queue, then the run waits for people again and frees the environment', async () => {
        const { runs, clock } = await start({
          approvals: {
            needed: 1,
            groups: [],
            selfApproval: false,
            expiryMs: HOUR_MS,
          },
        });
        const gate = new Gate();
        runs.target.before('upload', ({ release }) =>
          release.version === '1.0.0' ? gate.pass() : Promise.resolve(),
        );
        const first = await runs.deploy({ version: '1.0.0' });
        await approve(runs, first, RAJ);
        await gate.reached;
        const runId = await runs.deploy({ version: '1.1.0' });
        await approve(runs, runId, RAJ);
        await runs.until(runId, ({ state }) => state.phase === 'queued');

        clock.forward(HOUR_MS);
        gate.open();
        await runs.end(first);

        await expect(
          runs.until(
            runId,
            ({ state }) => state.phase === 'waiting-for-approval',
          ),
        ).resolves.toMatchObject({ state: { given: 0 } });
      });

      it('given gates as well, then a run waits for people first, and sees its gates meanwhile', async () => {
        const { runs, clock } = await start({
          approvals: { needed: 1, groups: [], selfApproval: false },
          protection: { freezes: [NIGHTS] },
        });
        clock.set('2035-11-19T20:00:00Z');
        const runId = await runs.deploy({ version: '1.0.0' });

        await expect(
          runs.until(runId, ({ gates }) =>
            gates.every(({ checkedAt }) => checkedAt !== null),
          ),
        ).resolves.toMatchObject({
          state: { phase: 'waiting-for-approval' },
          gates: [
            { kind: 'approval', state: 'waiting' },
            { kind: 'freeze', state: 'waiting' },
          ],
        });
        await approve(runs, runId, RAJ);
        await expect(looked(runs, runId)).resolves.toMatchObject({
          state: { holding: [{ kind: 'freeze' }] },
        });
      });
    });

    it('given approvals that are waited for, then the gates are looked at again when time opens one, and not only at the deadline', async () => {
      const { runs, clock, wake } = await start({
        approvals: {
          needed: 1,
          groups: [],
          selfApproval: false,
          expiryMs: 24 * HOUR_MS,
        },
        protection: { freezes: [NIGHTS] },
      });
      clock.set('2035-11-19T20:00:00Z');
      const woken = jest.spyOn(runs.engine, 'wake');

      const runId = await runs.deploy({ version: '1.0.0' });
      await runs.until(runId, ({ gates }) => gates[1].checkedAt !== null);

      const end = '2035-11-20T08:00:00.000Z';
      expect(woken).toHaveBeenCalledWith(
        runId,
        expect.objectContaining({ at: new Date(end) }),
      );
      clock.set(end);
      await wake(runId);
      await expect(
        runs.until(runId, ({ gates }) => gates[1].checkedAt === end),
      ).resolves.toMatchObject({
        state: { phase: 'waiting-for-approval' },
        gates: [{ state: 'waiting' }, { state: 'open' }],
      });
      expect(woken).toHaveBeenCalledWith(
        runId,
        expect.objectContaining({ at: new Date('2035-11-20T20:00:00Z') }),
      );
    });

    it('given a run that waits for gates, when it is cancelled, then it ends', async () => {
      const { runs, clock } = await start({
        protection: { freezes: [NIGHTS] },
      });
      clock.set('2035-11-19T20:00:00Z');
      const runId = await runs.deploy({ version: '1.0.0' });
      await looked(runs, runId);

      await runs.controller.cancel({ runId, by: RAJ });

      await expect(runs.end(runId)).resolves.toMatchObject({
        state: { phase: 'cancelled', by: RAJ },
      });
    });

    it('given a worker that is killed at any moment before the run begins, then the next one finds the run as it has to be, and nothing is lost', async () => {
      const knex = await createDatabase();
      const settings = {
        protection: {
          freezes: [NIGHTS],
          checklist: [{ id: 'told', title: 'Operations are told' }],
        },
      };
      /** Has a process ask for a version at night, and die at a moment; tells how many moments there were until the run is parked. */
      async function park(version: string, killAt?: number) {
        const lifeline = new Lifeline({ killAt });
        const { runs, clock } = await start(settings, {
          knex,
          lifeline,
          concurrency: 1,
          engine: 'embedded',
        });
        clock.set('2035-11-19T20:00:00Z');
        const runId = await runs.deploy({ version });
        await Promise.race([looked(runs, runId), lifeline.killed]);
        return { runId, moments: lifeline.moments };
      }
      const { moments } = await park('0.1.0');
      expect(moments).toBeGreaterThan(1);

      for (let killAt = 1; killAt <= moments; killAt += 1) {
        const { runId } = await park(`1.0.${killAt}`, killAt);

        const next = await start(settings, {
          knex,
          concurrency: 1,
          engine: 'embedded',
        });
        next.clock.set('2035-11-19T20:00:00Z');
        const { planHash } = await looked(next.runs, runId);
        await next.runs.gateController.tick({
          runId,
          planHash,
          gateId: 'checklist:told',
          by: ANA,
          ticked: true,
        });
        next.clock.set('2035-11-20T08:00:00Z');
        await next.wake(runId);
        await expect(next.runs.end(runId)).resolves.toMatchObject({
          state: { phase: 'succeeded' },
        });
        await next.runs.engine.stop({ graceMs: 0 });
      }
    });
  },
);
