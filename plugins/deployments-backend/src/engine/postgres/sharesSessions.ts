import { Knex } from 'knex';
import { z } from 'zod';

/** A pooler that is busy may give two sessions different connections by chance, so one look is not enough. */
const LOOKS = 5;

/**
 * Whether a pooler in transaction mode is in between: then two sessions that are open at the same time meet the same
 * process of the server, and what one of them listens to is lost.
 */
export async function sharesSessions(knex: Knex): Promise<boolean> {
  const first: unknown = await knex.client.acquireConnection();
  try {
    const second: unknown = await knex.client.acquireConnection();
    try {
      for (let look = 0; look < LOOKS; look++) {
        const process = await askProcess(knex, first);
        if ((await askProcess(knex, second)) === process) {
          return true;
        }
      }
      return false;
    } finally {
      await knex.client.releaseConnection(second);
    }
  } finally {
    await knex.client.releaseConnection(first);
  }
}

async function askProcess(knex: Knex, connection: unknown): Promise<number> {
  const { rows } = await knex
    .raw('SELECT pg_backend_pid() AS pid')
    .connection(connection);
  return z.object({ pid: z.number() }).parse(rows[0]).pid;
}
