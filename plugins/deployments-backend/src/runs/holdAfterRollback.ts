import { Knex } from 'knex';
import { nameRef } from '../permissions';
import { createStores, RunOutcome, RunRecord } from '../stores';
import { now } from '../stores/columns';
import { hasSwitched } from './hasSwitched';
import { SLIPWAY } from './slipway';

/**
 * Keeps automatic runs out of an environment that was rolled back, by hand or after a failure, whether or not the way back came
 * to its end. A hold that was there already is told of in the new one.
 *
 * @remarks
 *
 * Part of the transaction that ends the run, before its environment is given to the next one.
 */
export async function holdAfterRollback(options: {
  trx: Knex.Transaction;
  run: RunRecord;
  outcome: RunOutcome;
}): Promise<void> {
  const { trx, run } = options;
  const stores = createStores(trx);
  const held = await describeHold(options);
  if (!held) {
    return;
  }
  const { hold: earlier } = await stores.environments.lock(run);
  const before = earlier
    ? `. Before, held by ${nameRef(earlier.by)}: ${earlier.reason}`
    : '';
  await stores.environments.setHold(run, {
    by: held.by,
    reason: `${held.reason}${before}`,
    at: now(),
    runId: run.id,
  });
}

async function describeHold(options: {
  trx: Knex.Transaction;
  run: RunRecord;
  outcome: RunOutcome;
}): Promise<{ by: string; reason: string } | undefined> {
  const { trx, run, outcome } = options;
  const isRollback = run.operation === 'rollback';
  if (
    run.startedAt === null ||
    (outcome.phase === 'succeeded' && !isRollback)
  ) {
    return undefined;
  }
  const stores = createStores(trx);
  const steps = await stores.steps.list([run.id]);
  if (outcome.phase !== 'succeeded' && !hasSwitched(steps)) {
    return undefined;
  }
  const { version } = await stores.releases.require(run.releaseId);
  if (isRollback) {
    const why = run.reason ? `: ${run.reason}` : '';
    return {
      by: run.requestedBy,
      reason:
        outcome.phase === 'succeeded'
          ? `rolled back to ${version}${why}`
          : `the rollback to ${version} ${outcome.phase}${why}`,
    };
  }
  const wayBack = steps.filter(({ stage }) => stage === 'recover');
  if (wayBack.length === 0) {
    return undefined;
  }
  return {
    by: SLIPWAY,
    reason: wayBack.every(({ status }) => status === 'succeeded')
      ? `${version} failed and was rolled back`
      : `${version} failed, and the way back did not come to its end`,
  };
}
