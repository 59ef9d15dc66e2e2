import { Knex } from 'knex';
import { RunEngine } from '../engine';
import { createStores, RunRecord } from '../stores';
import { now } from '../stores/columns';

type QueueChange = { trx: Knex.Transaction; engine: RunEngine; run: RunRecord };

/** Puts a run at the end of the queue of its environment. */
export async function joinQueue({ trx, engine, run }: QueueChange) {
  const stores = createStores(trx);
  const ticket = await stores.environments.drawTicket(run);
  await stores.runs.update(run.id, {
    phase: 'queued',
    phaseSince: now(),
    ticket,
  });
  await engine.wake(run.id, { trx });
}

/** Gives the environment to a run if it is free and the run's turn; tells whether the run has it. */
export async function takeEnvironment({
  trx,
  engine,
  run,
}: QueueChange): Promise<boolean> {
  const stores = createStores(trx);
  const { heldBy } = await stores.environments.lock(run);
  if (heldBy) {
    return heldBy === run.id;
  }
  const [first] = await stores.runs.listQueued(run);
  if (first?.id !== run.id) {
    if (first) {
      await engine.wake(first.id, { trx });
    }
    return false;
  }
  await stores.environments.setHolder(run, run.id);
  return true;
}

/**
 * Takes the environment from a run that does not wait for it nor work on it any more, and wakes the next one. Where another
 * run holds it, nothing changes.
 */
export async function leaveEnvironment({ trx, engine, run }: QueueChange) {
  const stores = createStores(trx);
  const { heldBy } = await stores.environments.lock(run);
  if (heldBy && heldBy !== run.id) {
    return;
  }
  await stores.environments.setHolder(run, null);
  const [next] = await stores.runs.listQueued(run);
  if (next) {
    await engine.wake(next.id, { trx });
  }
}
