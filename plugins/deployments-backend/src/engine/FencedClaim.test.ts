import { createTestDatabases } from '../__testUtils__/createTestDatabases';
import { insertRun } from '../__testUtils__/insertRun';
import { createStores, migrateDatabase } from '../stores';
import { ClaimLostError } from './ClaimLostError';
import { FencedClaim } from './FencedClaim';

jest.setTimeout(60_000);

const databases = createTestDatabases();

describe.each(databases.eachSupportedId())('FencedClaim on %s', databaseId => {
  async function claimRun() {
    const knex = await databases.init(databaseId);
    await migrateDatabase(knex);
    const runId = await insertRun(knex);
    await knex('runs')
      .where({ id: runId })
      .update({ fence: 3, claimed_by: 'me' });
    const claim = new FencedClaim({
      knex,
      runId,
      fence: 3,
      claimedBy: 'me',
    });
    return { knex, runId, claim };
  }

  const note = (claim: FencedClaim) =>
    claim.tx(trx =>
      trx('runs').where({ id: claim.runId }).update({ reason: 'noted' }),
    );

  it('given the number of an earlier claim, then nothing is written, and the work is told to stop', async () => {
    const { knex, runId, claim } = await claimRun();
    await knex('runs').where({ id: runId }).update({ fence: 4 });

    await expect(note(claim)).rejects.toThrow(ClaimLostError);

    expect(claim.signal.aborted).toBe(true);
    const run = await createStores(knex).runs.require(runId);
    expect(run.reason).toBeNull();
  });

  it('given an answer that comes when somebody else may have the run, then no effect follows on it', async () => {
    const { claim } = await claimRun();
    claim.trustUntil(performance.now() + 60_000);
    await expect(note(claim)).resolves.toBe(1);

    claim.trustUntil(performance.now());

    await expect(note(claim)).rejects.toThrow(ClaimLostError);
    expect(claim.signal.aborted).toBe(true);
  });
});
