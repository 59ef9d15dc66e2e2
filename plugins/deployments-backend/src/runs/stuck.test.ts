import { ObservedState, RunId } from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';
import { ageRun } from '../__testUtils__/ageRun';
import { createTestDatabases } from '../__testUtils__/createTestDatabases';
import { Gate } from '../__testUtils__/Gate';
import {
  ANA,
  EVE,
  RAJ,
  Runs,
  SHOP,
  startRuns,
} from '../__testUtils__/startRuns';
import { migrateDatabase } from '../stores';

jest.setTimeout(120_000);

const databases = createTestDatabases();

const PRODUCTION = { serviceRef: SHOP, environment: 'production' };
const HOUR_MS = 3_600_000;

const OBSERVED: ObservedState = {
  reach: 'reached',
  askedAt: '2026-11-21T10:00:00.000Z',
  release: null,
  health: 'unknown',
  healthReason: null,
  processes: [],
  desiredProcesses: null,
  keptReleases: [],
  url: null,
};

describe.each(databases.eachSupportedId())(
  'runs that are stuck, on %s',
  databaseId => {
    async function start(): Promise<{ knex: Knex; runs: Runs }> {
      const knex = await databases.init(databaseId);
      await migrateDatabase(knex);
      return {
        knex,
        runs: await startRuns({ knex, engine: 'of the database' }),
      };
    }

    /** A run whose worker came to the upload, and a run behind it. */
    async function beginUpload(runs: Runs) {
      const gate = new Gate();
      runs.target.before('upload', ({ release }) =>
        release.version === '1.0.0' ? gate.pass() : Promise.resolve(),
      );
      const runId = await runs.deploy({ version: '1.0.0', requestedBy: ANA });
      await gate.reached;
      const next = await runs.deploy({ version: '1.1.0', requestedBy: EVE });
      return { gate, runId, next };
    }

    function releaseRun(runs: Runs, runId: RunId, reason = 'the host is gone') {
      return runs.controller.release({
        runId,
        by: RAJ,
        reason,
        observed: OBSERVED,
      });
    }

    it('given a run that is at work, then it is not stuck, and is not released', async () => {
      const { runs } = await start();
      const { gate, runId } = await beginUpload(runs);

      expect((await runs.view(runId)).stuck).toBeNull();
      await expect(releaseRun(runs, runId)).rejects.toThrow(
        'This run is not stuck. Cancel it if it is not wanted',
      );
      gate.open();
      await runs.end(runId);
    });

    it('given a slow step within the time that it may take, then it is not stuck', async () => {
      const { knex, runs } = await start();
      runs.target.stepTimeoutMs = 3 * HOUR_MS;
      const { gate, runId } = await beginUpload(runs);
      await ageRun(knex, runId, 2 * HOUR_MS);

      expect((await runs.view(runId)).stuck).toBeNull();
      gate.open();
      await runs.end(runId);
    });

    it('given a step that gave no sign for longer than it may take, then who, since when, why and what to do are told', async () => {
      const { knex, runs } = await start();
      const { gate, runId, next } = await beginUpload(runs);
      await ageRun(knex, runId, HOUR_MS);

      await expect(runs.view(runId)).resolves.toMatchObject({
        stuck: {
          runId,
          requestedBy: ANA,
          since: expect.any(String),
          why: '“Upload release” has given no sign for 60 min, and may take 60 s.',
          mend: expect.stringContaining('release the environment'),
        },
      });
      expect((await runs.view(next)).stuck).toBeNull();
      gate.open();
      await runs.end(runId);
    });

    it('given a run that no worker takes on, then that is told', async () => {
      const { knex, runs } = await start();
      const { runId } = await beginUpload(runs);
      await runs.engine.stop({ graceMs: 0 });
      await knex('runs').where({ id: runId }).update({ claimed_by: null });
      await ageRun(knex, runId, 8 * 60_000);

      expect((await runs.view(runId)).stuck).toMatchObject({
        why: 'No worker of the portal has taken the run on for 8 min.',
      });
    });

    it('given a run that has ended and yet has the environment, when it is released, then its outcome stays and the next goes on', async () => {
      const { runs } = await start();
      const runId = await runs.deploy({ version: '1.0.0' });
      await runs.end(runId);
      await runs.stores.environments.setHolder(PRODUCTION, runId);
      const next = await runs.deploy({ version: '1.1.0' });

      expect((await runs.view(runId)).stuck).toMatchObject({
        why: 'The run has ended, and yet has the environment.',
      });
      await releaseRun(runs, runId);

      await expect(runs.end(next)).resolves.toMatchObject({
        state: { phase: 'succeeded' },
      });
      await expect(runs.view(runId)).resolves.toMatchObject({
        stuck: null,
        state: { phase: 'succeeded' },
      });
    });

    it('given a stuck run, when it is released, then it ends errored with who, why and what runs, the next goes on, and the worker that comes back writes nothing', async () => {
      const { knex, runs } = await start();
      const { gate, runId, next } = await beginUpload(runs);
      await ageRun(knex, runId, HOUR_MS);

      await releaseRun(runs, runId);
      await expect(runs.end(next)).resolves.toMatchObject({
        state: { phase: 'succeeded' },
      });
      gate.open();
      await runs.engine.stop({ graceMs: 10_000 });

      const ended = await runs.view(runId);
      expect(ended.state).toMatchObject({
        phase: 'errored',
        problem: {
          message: expect.stringMatching(
            /^Released by raj: the host is gone\. “Upload release” has given no sign.*In production now runs nothing, unknown\.$/,
          ),
          mend: 'Check what users get before you deploy again.',
        },
      });
      expect(
        ended.steps
          .filter(({ status }) => status !== 'skipped')
          .map(({ id, status }) => [id, status]),
      ).toEqual([
        ['build', 'succeeded'],
        ['upload', 'errored'],
      ]);
      await expect(
        runs.stores.environments.get(PRODUCTION),
      ).resolves.toMatchObject({ heldBy: null });
    });

    it('given a release and a worker that comes back at the same moment, then one of them wins, whole', async () => {
      for (let trial = 0; trial < 8; trial += 1) {
        const { knex, runs } = await start();
        const { gate, runId, next } = await beginUpload(runs);
        await ageRun(knex, runId, HOUR_MS);

        // Each of them begins first every other time.
        if (trial % 2 === 1) {
          gate.open();
        }
        const [released] = await Promise.allSettled([
          releaseRun(runs, runId),
          gate.open(),
        ]);

        const { state } = await runs.end(runId);
        const isReleased = released.status === 'fulfilled';
        expect({
          refusal: isReleased ? null : released.reason.name,
          phase: state.phase,
        }).toEqual(
          isReleased
            ? { refusal: null, phase: 'errored' }
            : { refusal: 'ConflictError', phase: 'succeeded' },
        );
        await expect(runs.end(next)).resolves.toMatchObject({
          state: { phase: 'succeeded' },
        });
        await runs.engine.stop({ graceMs: 10_000 });
      }
    });

    it('given two people who release at once, then one of them is told that it was done', async () => {
      const { knex, runs } = await start();
      const { gate, runId, next } = await beginUpload(runs);
      await ageRun(knex, runId, HOUR_MS);

      const results = await Promise.allSettled([
        releaseRun(runs, runId),
        releaseRun(runs, runId),
      ]);

      expect(results.map(({ status }) => status).sort()).toEqual([
        'fulfilled',
        'rejected',
      ]);
      await runs.end(next);
      gate.open();
    });

    it('given no reason, then nothing is released', async () => {
      const { runs } = await start();
      const runId = await runs.deploy({ version: '1.0.0' });

      await expect(releaseRun(runs, runId, ' ')).rejects.toThrow(
        'Say why you release the environment',
      );
      await runs.end(runId);
    });
  },
);
