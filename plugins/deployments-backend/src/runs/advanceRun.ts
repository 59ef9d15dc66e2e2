import { LoggerService } from '@backstage/backend-plugin-api';
import { Knex } from 'knex';
import { Claim, RunEngine } from '../engine';
import { Observer } from '../observation';
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
};

/** Takes a run as far as it can go: what the engine calls with each claim. */
export async function advanceRun(
  context: RunContext,
  claim: Claim,
): Promise<'done' | 'parked'> {
  context.logger.debug(`Advancing ${claim.runId}`);
  return 'parked';
}
