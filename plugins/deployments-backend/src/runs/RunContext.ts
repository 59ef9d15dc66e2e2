import { LoggerService } from '@backstage/backend-plugin-api';
import { Knex } from 'knex';
import { Clock } from '../clock';
import { Claim, RunEngine } from '../engine';
import { GateKeeper } from '../gates/GateKeeper';
import { Observer } from '../observation';
import { createStores, parseRun, RunRecord, Stores } from '../stores';
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

/** The claimed run as it is now, and the stores to write with, within a transaction that has locked it. */
export type Progress = { run: RunRecord; stores: Stores };

/**
 * Writes progress of the claimed run and tells those who listen. The writer gets the run as it is now, locked.
 *
 * @throws ClaimLostError where another worker has the run.
 */
export async function writeProgress<T>(
  context: Pick<RunContext, 'changes'>,
  claim: Claim,
  write: (current: Progress & { trx: Knex.Transaction }) => Promise<T>,
): Promise<T> {
  const { result, run } = await claim.tx(async (trx, row) => {
    const current = parseRun(row);
    return {
      run: current,
      result: await write({ run: current, stores: createStores(trx), trx }),
    };
  });
  publishProgress(context, run);
  return result;
}

/** Tells those who listen that a run went on. */
export function publishProgress(
  { changes }: Pick<RunContext, 'changes'>,
  { serviceRef, id }: RunRecord,
): void {
  changes.publish({ what: 'run', serviceRef, runId: id });
}
