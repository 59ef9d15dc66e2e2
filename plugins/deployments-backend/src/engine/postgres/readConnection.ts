import { Knex } from 'knex';
import { DatabaseOptions } from 'pg-boss';
import { z } from 'zod';

/** What of a connection is read; all else of it (TLS, sockets) is passed on as it is. */
const connectionSchema = z.looseObject({
  password: z.union([z.string(), z.function()]).optional(),
});

/** The database that a knex client is connected to, for a pool of one's own. */
export type PostgresConnection = {
  options: DatabaseOptions;
  /** What each connection has to run before anything else. */
  sessionStatements: string[];
};

/**
 * Reads out of a knex client where it connects to and as whom. Where app-config lets a cloud's token take the place of a password, a
 * new one is asked for with each connection.
 *
 * @throws ZodError where the client is none of PostgreSQL.
 */
export async function readConnection(knex: Knex): Promise<PostgresConnection> {
  const config: unknown = knex.client.config;
  const { connection, role } = z
    .looseObject({ connection: z.unknown(), role: z.string().optional() })
    .parse(config);
  return {
    options:
      typeof connection === 'function'
        ? await readProvided(async () => connection())
        : copyConnection(connection),
    sessionStatements: role ? [`SET ROLE "${role.replaceAll('"', '""')}"`] : [],
  };
}

async function readProvided(
  provide: () => Promise<unknown>,
): Promise<DatabaseOptions> {
  return {
    ...copyConnection(await provide()),
    password: async () => {
      const { password } = connectionSchema.parse(await provide());
      return z.string().parse(password);
    },
  };
}

/** knex hides passwords from whoever lists the properties, so a copy has to name them. */
function copyConnection(connection: unknown): DatabaseOptions {
  if (typeof connection === 'string') {
    return { connectionString: connection };
  }
  const settings = z
    .custom<DatabaseOptions & object>(
      value => typeof value === 'object' && value !== null,
    )
    .parse(connection);
  return { ...settings, password: settings.password };
}
