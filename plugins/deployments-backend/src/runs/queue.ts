import { Hold } from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';
import { RunEngine } from '../engine';
import { createStores, RunRecord } from '../stores';
import { now } from '../stores/columns';

type Queue = {
  trx: Knex.Transaction;
  engine: RunEngine;
  /** The environment. */
  of: Pick<RunRecord, 'serviceRef' | 'environment'>;
};

type QueueChange = Omit<Queue, 'of'> & { run: RunRecord };

/** Whether a hold keeps a run out of its environment; the others pass it. */
export function isKeptOut(
  run: Pick<RunRecord, 'trigger'>,
  hold: Hold | null,
): boolean {
  return hold !== null && run.trigger === 'automation';
}

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
  const { heldBy, hold } = await stores.environments.lock(run);
  if (heldBy) {
    return heldBy === run.id;
  }
  const first = await findFirst(trx, run, hold);
  if (first?.id !== run.id) {
    if (first) {
      await engine.wake(first.id, { trx });
    }
    return false;
  }
  await stores.environments.setHolder(run, run.id);
  return true;
}

/** Takes the environment back from a run that was let in and has not begun, where a hold was put meanwhile; tells whether the run still has it. */
export async function stayInEnvironment(change: QueueChange): Promise<boolean> {
  const { trx, run } = change;
  const { hold } = await createStores(trx).environments.lock(run);
  if (!isKeptOut(run, hold)) {
    return true;
  }
  await leaveEnvironment(change);
  return false;
}

/**
 * Takes the environment from a run that does not wait for it nor work on it any more, and wakes the next one. Where another
 * run holds it, nothing changes.
 */
export async function leaveEnvironment({ trx, engine, run }: QueueChange) {
  const left = await createStores(trx).environments.leave(run, run.id);
  if (left) {
    await wakeNext({ trx, engine, of: run }, left.hold);
  }
}

/** Wakes the run whose turn it is, where the environment is free. The queue has to be locked. */
export async function wakeFirst({ trx, engine, of }: Queue): Promise<void> {
  const { heldBy, hold } = await createStores(trx).environments.get(of);
  if (!heldBy) {
    await wakeNext({ trx, engine, of }, hold);
  }
}

async function wakeNext({ trx, engine, of }: Queue, hold: Hold | null) {
  const first = await findFirst(trx, of, hold);
  if (first) {
    await engine.wake(first.id, { trx });
  }
}

async function findFirst(
  trx: Knex.Transaction,
  of: Queue['of'],
  hold: Hold | null,
): Promise<RunRecord | undefined> {
  const queued = await createStores(trx).runs.listQueued(of);
  return queued.find(run => !isKeptOut(run, hold));
}
