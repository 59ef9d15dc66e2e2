import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { createTestDatabases } from '../__testUtils__/createTestDatabases';
import { RAJ, startRuns } from '../__testUtils__/startRuns';
import { migrateDatabase } from './connectDatabase';

jest.setTimeout(60_000);

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
      const migration = {
        directory: resolvePackagePath(
          '@slipway/plugin-deployments-backend',
          'migrations',
        ),
        name: '20261123130000_gates.js',
      };

      await knex.migrate.down(migration);
      await expect(knex.schema.hasTable('run_gates')).resolves.toBe(false);
      await migrateDatabase(knex);

      await expect(runs.view(runId)).resolves.toMatchObject({
        state: { phase: 'waiting-for-approval', given: 1, needed: 2 },
        approvals: [{ by: RAJ, groups: [] }],
        gates: [{ id: 'approval', state: 'waiting' }],
      });
    });
  },
);
