import { mockServices } from '@backstage/backend-test-utils';
import { runIdSchema } from '@slipway/plugin-deployments-common';
import knexFactory from 'knex';
import { z } from 'zod';
import { Claim, PgBossRunEngine } from '../engine';

/** What the process tells its parent. */
export const engineReportSchema = z.discriminatedUnion('what', [
  z.object({ what: z.literal('ready') }),
  z.object({
    what: z.enum(['claimed', 'aborted', 'wrote', 'refused']),
    runId: runIdSchema,
  }),
]);
export type EngineReport = z.infer<typeof engineReportSchema>;

/** What the parent tells the process. */
const orderSchema = z.object({ what: z.literal('write'), runId: runIdSchema });

const report = (said: EngineReport) => process.send?.(said);

/** An engine as a process of its own, which holds each run that it claims until the claim is lost, and writes when it is told to. */
async function main() {
  const knex = knexFactory({
    client: 'pg',
    connection: process.env.ENGINE_DATABASE,
  });
  const claims = new Map<string, Claim>();
  const engine = await PgBossRunEngine.create({
    knex,
    logger: mockServices.rootLogger({ level: 'none' }),
    schema: 'deployments_engine',
    migrate: true,
  });
  process.on('message', async message => {
    const { runId } = orderSchema.parse(message);
    try {
      await claims
        .get(runId)
        ?.tx(trx => trx('runs').where({ id: runId }).update({ reason: 'old' }));
      report({ what: 'wrote', runId });
    } catch {
      report({ what: 'refused', runId });
    }
  });
  await engine.start(async claim => {
    const { runId } = claim;
    claims.set(runId, claim);
    report({ what: 'claimed', runId });
    await new Promise<void>(resolve => {
      claim.signal.addEventListener('abort', () => resolve());
    });
    report({ what: 'aborted', runId });
    return 'parked';
  });
  report({ what: 'ready' });
}

if (process.env.ENGINE_DATABASE) {
  main().catch(error => {
    process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
  });
}
