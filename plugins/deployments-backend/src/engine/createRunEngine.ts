import { LoggerService } from '@backstage/backend-plugin-api';
import { Knex } from 'knex';
import { EmbeddedRunEngine } from './EmbeddedRunEngine';
import { PgBossRunEngine } from './PgBossRunEngine';
import { RunEngine } from './RunEngine';

/**
 * The engine that fits the plugin's database: on PostgreSQL the one for any number of replicas, otherwise the one for a single
 * process.
 *
 * @throws Error that says what to grant, where the rights on PostgreSQL do not suffice.
 */
export async function createRunEngine(options: {
  knex: Knex;
  /** The PostgreSQL schema in which the queue is kept. */
  schema: string;
  /** Whether tables may be made and updated; otherwise they have to be there. */
  migrate: boolean;
  logger: LoggerService;
}): Promise<RunEngine> {
  const { client } = options.knex.client.config;
  return client === 'pg'
    ? PgBossRunEngine.create(options)
    : new EmbeddedRunEngine(options);
}
