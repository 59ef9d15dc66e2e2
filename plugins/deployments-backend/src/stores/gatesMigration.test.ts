import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { Knex } from 'knex';
import { createTestDatabases } from '../__testUtils__/createTestDatabases';
import { RAJ, startRuns } from '../__testUtils__/startRuns';
import { migrateDatabase } from './connectDatabase';

jest.setTimeout(60_000);

async function takeBack(knex: Knex, name: string): Promise<void> {
  await knex.migrate.down({
    directory: resolvePackagePath(
      '@slipway/plugin-deployments-backend',
      'migrations',
    ),
    name,
  });
}

const databases = createTestDatabases();

describe.each(databases.eachSupportedId())(
  'the migration to gates on %s',
  databaseId => {
    it('given a run that somebody approved before, when the tables are brought up to date, then the approval is there and counts', async () => {
      const knex = await databases.init(databaseId);
      await migrateDatabase(knex);
      const runs = await startRuns({
        knex,
        settings: {
          approvals: { needed: 2, groups: [], selfApproval: false },
          variables: {},
          findings: [],
        },
      });
      const runId = await runs.deploy({ version: '1.0.0' });
      const { planHash } = await runs.view(runId);
      await runs.controller.decide({
        runId,
        planHash,
        decision: 'approved',
        by: RAJ,
      });

      await takeBack(knex, '20261123163000_overridden_states.js');
      await takeBack(knex, '20261123130000_gates.js');
      await expect(knex.schema.hasTable('run_gates')).resolves.toBe(false);
      await migrateDatabase(knex);

      await expect(runs.view(runId)).resolves.toMatchObject({
        state: { phase: 'waiting-for-approval', given: 1, needed: 2 },
        approvals: [{ by: RAJ, groups: [] }],
        gates: [{ id: 'approval', state: 'waiting' }],
      });
    });

    it('given a waiver of the version before, then it counts as it did, whatever became of the check', async () => {
      const knex = await databases.init(databaseId);
      await migrateDatabase(knex);
      const runs = await startRuns({
        knex,
        settings: {
          approvals: { needed: 1, groups: [], selfApproval: false },
          variables: {},
          findings: [],
          protection: { checks: [{ name: 'Smoke', kind: 'fake' }] },
        },
      });
      const runId = await runs.deploy({ version: '1.0.0' });
      const { planHash } = await runs.until(runId, ({ gates }) =>
        gates.every(({ checkedAt }) => checkedAt !== null),
      );
      await takeBack(knex, '20261123163000_overridden_states.js');
      await knex('gate_decisions').insert({
        run_id: runId,
        gate_id: 'check:Smoke',
        plan_hash: planHash,
        decision: 'override',
        decided_by: RAJ,
        decided_at: '2026-11-23T10:00:00.000Z',
        reason: 'It is known',
      });

      await migrateDatabase(knex);

      await expect(runs.view(runId)).resolves.toMatchObject({
        gates: [
          { id: 'approval' },
          { state: 'overridden', decision: { by: RAJ, expiresAt: null } },
        ],
      });
    });
  },
);
