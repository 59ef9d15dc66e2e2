import {
  DatabaseService,
  resolvePackagePath,
} from '@backstage/backend-plugin-api';
import { Knex } from 'knex';

/** Connects to the plugin's database and brings its tables up to date, unless the portal does that by itself. */
export async function connectDatabase(
  database: DatabaseService,
): Promise<Knex> {
  const knex = await database.getClient();
  if (!database.migrations?.skip) {
    await migrateDatabase(knex);
  }
  return knex;
}

/** Brings the tables up to date. */
export async function migrateDatabase(knex: Knex): Promise<void> {
  await knex.migrate.latest({
    directory: resolvePackagePath(
      '@slipway/plugin-deployments-backend',
      'migrations',
    ),
  });
}
