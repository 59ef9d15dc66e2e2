import { isFinished } from '@slipway/plugin-deployments-common';
import { Claim } from '../engine';
import { createStores, RunRecord } from '../stores';
import { Telemetry } from '../telemetry';
import { admitRun } from './admitRun';
import { carryOutRun } from './carryOutRun';
import { passGates } from './passGates';
import { RunContext } from './RunContext';
import { SLIPWAY } from './slipway';

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
  const { knex, telemetry = new Telemetry() } = context;
  const logger = context.logger.child({ runId: claim.runId });
  const run = await createStores(knex).runs.require(claim.runId);
  return telemetry.advance(run, () =>
    advance({ ...context, logger, telemetry }, claim, run),
  );
}

async function advance(
  context: RunContext & { telemetry: Telemetry },
  claim: Claim,
  first: RunRecord,
): Promise<'done' | 'parked'> {
  const stores = createStores(context.knex);
  let run = first;
  for (;;) {
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
    const before = run;
    run = await stores.runs.require(claim.runId);
    if (!claim.signal.aborted && !isPersonsWord(before, run)) {
      context.telemetry.noteChange(before, run);
      logChange(context, before, run);
    }
  }
}

/** Whether a person ended the run while a worker looked at it: that was told of already. */
function isPersonsWord(before: RunRecord, { outcome }: RunRecord): boolean {
  return (
    before.phase !== 'running' &&
    (outcome?.phase === 'cancelled' ||
      (outcome?.phase === 'rejected' && outcome.by !== SLIPWAY))
  );
}

function logChange(
  { logger }: RunContext,
  before: RunRecord,
  after: RunRecord,
): void {
  if (before.phase !== after.phase) {
    logger.info(
      isFinished(after.phase)
        ? `The run ${after.phase}`
        : `The run went from ${before.phase} to ${after.phase}`,
    );
  }
}
