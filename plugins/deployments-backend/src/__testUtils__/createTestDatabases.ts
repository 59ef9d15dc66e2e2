import { TestDatabases } from '@backstage/backend-test-utils';

const POSTGRES = 'BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING';

/**
 * SQLite, and PostgreSQL where a server is given.
 *
 * @throws Error where none is given on a build server: it would leave half of the suite out in silence.
 */
export function createTestDatabases(): TestDatabases {
  const hasPostgres = Boolean(process.env[POSTGRES]);
  if (process.env.CI && !hasPostgres) {
    throw new Error(`Set ${POSTGRES}: the tests need a PostgreSQL`);
  }
  return TestDatabases.create({
    ids: hasPostgres ? ['SQLITE_3', 'POSTGRES_15'] : ['SQLITE_3'],
  });
}
