import { Claim } from '../engine';
import { createStores } from '../stores';
import { admitRun } from './admitRun';
import { carryOutRun } from './carryOutRun';
import { passGates } from './passGates';
import { RunContext } from './RunContext';

/**
 * Takes a run as far as it can go: what the engine calls with each claim. Everything that it knows comes from the database,
 * so any worker can go on where another one stopped.
 *
 * @throws ClaimLostError where another worker has the run; whatever the database throws.
 */
export async function advanceRun(
  context: RunContext,
  claim: Claim,
): Promise<'done' | 'parked'> {
  const stores = createStores(context.knex);
  for (;;) {
    const run = await stores.runs.require(claim.runId);
    switch (run.phase) {
      case 'waiting-for-approval':
      case 'waiting-for-gates':
        if (claim.draining || !(await passGates(context, claim, run))) {
          return 'parked';
        }
        break;
      case 'queued':
        if (claim.draining || !(await admitRun(context, claim, run))) {
          return 'parked';
        }
        break;
      case 'running':
        if (!(await carryOutRun(context, claim, run))) {
          return 'parked';
        }
        break;
      case 'succeeded':
      case 'failed':
      case 'errored':
      case 'cancelled':
      case 'rejected':
        return 'done';
      default:
        return run.phase satisfies never;
    }
  }
}
