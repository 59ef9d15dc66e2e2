import { GateStatus, isPassed, Plan } from '@slipway/plugin-deployments-common';
import { systemClock } from '../clock';
import { Claim } from '../engine';
import { applyDecisions } from '../gates/applyDecisions';
import { hasSameGates } from '../gates/listGates';
import { createStores, findDecisions, RunRecord, Stores } from '../stores';
import { endRun } from './endRun';
import { describeDuration } from './describeDuration';
import {
  ApprovalCount,
  findApprovalDeadline,
  judgeApprovals,
} from './judgeApprovals';
import { joinQueue } from './queue';
import { isFinalError } from './retryTransient';
import { RunContext, writeProgress } from './RunContext';
import { SLIPWAY } from './slipway';

/** How often what is not opened by people or by the calendar is looked at, milliseconds. */
export const DEFAULT_GATE_INTERVAL_MS = 60_000;

/** However near the moment is at which a gate may open: nobody looks more often. */
const MIN_WAIT_MS = 1_000;

/** How the gates of a run stand, or why that will never be known. */
type Look = { gates: GateStatus[] } | { impossible: string };

/**
 * Looks at what a waiting run has to pass, keeps what it found, and takes the run on as far as that lets it. A run that
 * is held is parked with the moment at which it is looked at again; people's words wake it in the transaction in which they are given.
 *
 * @remarks
 *
 * The looking takes its time, so it is done outside of the transaction. The decision is taken within one, with the run
 * locked and with what people said by then: a word that comes before it counts, and one that comes after it wakes the run anew.
 * A worker that is killed in between has changed nothing, and the next one looks again.
 *
 * @returns whether the run moved on; if not, it is parked.
 */
export async function passGates(
  context: RunContext,
  claim: Claim,
  waiting: RunRecord,
): Promise<boolean> {
  const { engine, clock = systemClock } = context;
  const plan = await createStores(context.knex).plans.require(waiting.planHash);
  const look = await lookAtGates(context, plan);
  return writeProgress(context, claim, async ({ run, stores, trx }) => {
    const isWaiting =
      run.phase === 'waiting-for-approval' || run.phase === 'waiting-for-gates';
    if (!isWaiting || run.planHash !== plan.hash) {
      return true;
    }
    const at = clock();
    if ('impossible' in look) {
      await endRun({
        trx,
        engine,
        run,
        outcome: { phase: 'rejected', by: SLIPWAY, reason: look.impossible },
      });
      return true;
    }
    if (plan.content.gates) {
      await stores.gates.put(run.id, look.gates);
    }
    const count = await countFor({ stores, run, plan, at });
    if (!count.isComplete) {
      const { deadline } = await waitForPeople({ stores, run, plan, at });
      if (deadline && deadline <= at) {
        await endRun({
          trx,
          engine,
          run,
          outcome: {
            phase: 'rejected',
            by: SLIPWAY,
            reason: `Nobody gave the approvals that it needs within ${describeDuration(plan.content.approvals.expiryMs ?? 0)}. Start it again if it is still wanted`,
          },
        });
        return true;
      }
      const next = findNextLook({ context, deadline, gates: look.gates, at });
      if (next) {
        await engine.wake(run.id, { trx, at: next });
      }
      return false;
    }
    // People can answer the gates of the plan alone: where there are others by now, the run goes on to where it gets a new plan.
    const isOutdated = !hasSameGates(plan.content.gates ?? [], look.gates);
    const holding = await listHolding({ stores, run, gates: look.gates, at });
    if (isOutdated || holding.length === 0) {
      await joinQueue({ trx, engine, run });
      return true;
    }
    await parkAtGates({ context, stores, trx, run, holding, count, at });
    return false;
  });
}

/** Looks at all gates of a plan. */
export async function lookAtGates(
  context: Pick<RunContext, 'gates' | 'clock'>,
  plan: Plan,
): Promise<Look> {
  const { gates, clock = systemClock } = context;
  try {
    return { gates: await gates.look(plan, clock()) };
  } catch (error) {
    if (isFinalError(error)) {
      return { impossible: error.message };
    }
    throw error;
  }
}

/** The gates that hold a run, with what people said to them by now. */
export async function listHolding(options: {
  stores: Stores;
  run: RunRecord;
  gates: readonly GateStatus[];
  at: Date;
}): Promise<GateStatus[]> {
  const { stores, run, gates, at } = options;
  const decisions = findDecisions({
    decisions: await stores.gates.listDecisions([run.id]),
    planHash: run.planHash,
    at,
  });
  return applyDecisions(gates, decisions).filter(
    ({ state }) => !isPassed(state),
  );
}

/** What the approvals of a run come to at a moment. */
export async function countFor(options: {
  stores: Stores;
  run: RunRecord;
  plan: Plan;
  at: Date;
}): Promise<ApprovalCount> {
  const { stores, run, plan, at } = options;
  return judgeApprovals({
    rules: plan.content.approvals,
    approvals: await stores.approvals.list([run.id]),
    planHash: plan.hash,
    at,
  });
}

/** Has a run wait for people, again where it did not; tells until when. */
async function waitForPeople(options: {
  stores: Stores;
  run: RunRecord;
  plan: Plan;
  at: Date;
}): Promise<{ deadline: Date | null }> {
  const { stores, run, plan, at } = options;
  const isNew = run.phase !== 'waiting-for-approval';
  const phaseSince = isNew ? at.toISOString() : run.phaseSince;
  if (isNew) {
    await stores.runs.update(run.id, {
      phase: 'waiting-for-approval',
      phaseSince,
      ticket: null,
    });
  }
  return {
    deadline: findApprovalDeadline(plan.content.approvals, phaseSince),
  };
}

/** When a run that waits for people is looked at again: at its deadline, and where time opens one of its gates meanwhile. */
function findNextLook(options: {
  context: Pick<RunContext, 'gateIntervalMs'>;
  deadline: Date | null;
  gates: readonly GateStatus[];
  at: Date;
}): Date | null {
  const { context, deadline, gates, at } = options;
  const { gateIntervalMs = DEFAULT_GATE_INTERVAL_MS } = context;
  const moments = gates.flatMap(({ until }) => {
    const end = until === null ? Infinity : Date.parse(until);
    return end > at.getTime() ? end : at.getTime() + gateIntervalMs;
  });
  const next = Math.min(deadline?.getTime() ?? Infinity, ...moments);
  return Number.isFinite(next) ? new Date(next) : null;
}

/** Has a run wait for its gates, and be looked at again when one of them may open, or an approval counts no more. */
export async function parkAtGates(options: {
  context: Pick<RunContext, 'engine' | 'gateIntervalMs'>;
  stores: Stores;
  trx: Parameters<RunContext['engine']['wake']>[1]['trx'];
  run: RunRecord;
  holding: readonly GateStatus[];
  count: ApprovalCount;
  at: Date;
}): Promise<void> {
  const { context, stores, trx, run, holding, count, at } = options;
  const { engine, gateIntervalMs = DEFAULT_GATE_INTERVAL_MS } = context;
  if (run.phase !== 'waiting-for-gates') {
    await stores.runs.update(run.id, {
      phase: 'waiting-for-gates',
      phaseSince: at.toISOString(),
      ticket: null,
    });
  }
  const moments = [
    ...holding.map(gate => whenToLook(gate, at, gateIntervalMs)),
    count.expiresAt?.getTime() ?? Infinity,
  ];
  const next = Math.min(...moments);
  if (Number.isFinite(next)) {
    const wakeAt = new Date(Math.max(next, at.getTime() + MIN_WAIT_MS));
    await engine.wake(run.id, { trx, at: wakeAt });
  }
}

/** A freeze ends by the calendar, and what a person ticks off wakes the run itself; all else is asked again. */
function whenToLook(gate: GateStatus, at: Date, intervalMs: number): number {
  if (gate.tickable) {
    return Infinity;
  }
  return gate.kind === 'freeze' && gate.until !== null
    ? Date.parse(gate.until)
    : at.getTime() + intervalMs;
}
