import { once } from 'node:events';
import { migrateDatabase } from '@slipway/plugin-deployments-backend/testUtils';
import knexFactory from 'knex';
import { z } from 'zod';
import { forkProgram } from '../lib/forkProgram';
import { PostgresServer } from '../lib/PostgresServer';
import { median } from '../lib/report';

const reportSchema = z.object({ bytes: z.number() });

/** How much more memory a process takes up, bytes, once it has an engine that has nothing to do: its connections, pools and timers. Code is loaded without one as well. */
export async function measureIdleMemory(options: {
  rounds: number;
}): Promise<number> {
  const postgres = await PostgresServer.start();
  try {
    const url = postgres.urlOf('postgres');
    const knex = knexFactory({ client: 'pg', connection: url });
    await migrateDatabase(knex);
    await knex.destroy();
    const differences: number[] = [];
    for (let round = 0; round < options.rounds; round++) {
      const without = await measure({ url, has: 'no engine' });
      const withOne = await measure({ url, has: 'an engine' });
      differences.push(withOne - without);
    }
    return median(differences);
  } finally {
    await postgres.stop();
  }
}

/** Memory of a process that has been idle for a while and is tidied up, bytes. */
async function measure(options: {
  url: string;
  has: 'an engine' | 'no engine';
}): Promise<number> {
  const child = forkProgram({
    program: 'certificate/idleProgram.ts',
    env: { IDLE_DATABASE: options.url, IDLE_HAS: options.has },
    nodeOptions: ['--expose-gc'],
  });
  let bytes: number | undefined;
  child.on('message', message => {
    bytes ??= reportSchema.safeParse(message).data?.bytes;
  });
  await once(child, 'exit');
  if (bytes === undefined) {
    throw new Error('The idle process did not tell how much memory it takes');
  }
  return bytes;
}
