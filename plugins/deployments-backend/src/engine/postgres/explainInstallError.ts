import { ForwardedError } from '@backstage/errors';
import { Knex } from 'knex';
import { z } from 'zod';

/** PostgreSQL's code for a right that is missing. */
const INSUFFICIENT_PRIVILEGE = '42501';

/** Says what an administrator of the database has to grant, where it is rights that are missing. */
export async function explainInstallError(options: {
  error: unknown;
  knex: Knex;
  schema: string;
}): Promise<unknown> {
  const { error, knex, schema } = options;
  const { success } = z
    .looseObject({ code: z.literal(INSUFFICIENT_PRIVILEGE) })
    .safeParse(error);
  if (!success) {
    return error;
  }
  const { rows } = await knex.raw('SELECT current_user AS name');
  const { name } = z.object({ name: z.string() }).parse(rows[0]);
  const role = `"${name.replaceAll('"', '""')}"`;
  return new ForwardedError(
    `Deployments keep their queue in the PostgreSQL schema "${schema}" (deployments.engine.schema), and the portal's role may not make it. Let an administrator run: CREATE SCHEMA IF NOT EXISTS "${schema}" AUTHORIZATION ${role};`,
    error,
  );
}
