import { LoggerService } from '@backstage/backend-plugin-api';
import { Knex } from 'knex';
import { Clock } from '../clock';
import { Claim, RunEngine } from '../engine';
import { GateKeeper } from '../gates/GateKeeper';
import { Observer } from '../observation';
import { createStores, RunRecord, Stores } from '../stores';
import { Telemetry } from '../telemetry';
import { ChangeFeed } from './ChangeFeed';
import { RunDependencies } from './types';

/** All that it takes to advance runs. */
export type RunContext = {
  knex: Knex;
  engine: RunEngine;
  dependencies: RunDependencies;
  observer: Observer;
  changes: ChangeFeed;
  logger: LoggerService;
  gates: Pick<GateKeeper, 'look'>;
  /** The system's unless told. */
  clock?: Clock;
  /** Sees nothing unless told. */
  telemetry?: Telemetry;
  /** How often a gate is looked at that neither people nor the calendar open; every minute unless told. */
  gateIntervalMs?: number;
  /** Before each further try of asking what a run needs; the usual ones unless told. */
  retryDelaysMs?: readonly number[];
  /** How long a step that was aborted may take to come to rest; 10 seconds unless told. */
  abortWaitMs?: number;
};

/**
 * Writes progress of the claimed run and tells those who listen. The writer gets the run as it is now, locked.
 *
 * @throws ClaimLostError where another worker has the run.
 */
export async function writeProgress<T>(
  context: Pick<RunContext, 'changes'>,
  claim: Claim,
  write: (current: {
    run: RunRecord;
    stores: Stores;
    trx: Knex.Transaction;
  }) => Promise<T>,
): Promise<T> {
  const { result, run } = await claim.tx(async trx => {
    const stores = createStores(trx);
    const current = await stores.runs.require(claim.runId);
    return {
      run: current,
      result: await write({ run: current, stores, trx }),
    };
  });
  context.changes.publish({
    what: 'run',
    serviceRef: run.serviceRef,
    runId: run.id,
  });
  return result;
}
