import { GateStatus, Plan, Release } from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';
import { systemClock } from '../clock';
import { Claim } from '../engine';
import {
  createStores,
  hasTaken,
  NewStep,
  parseRun,
  RunRecord,
  Stores,
  takeEnvironmentAtOnce,
} from '../stores';
import { now } from '../stores/columns';
import { endRun } from './endRun';
import { judgeReplan, Verdict } from './judgeReplan';
import { listPlannedSteps } from './listPlannedSteps';
import { needsBuild } from './needsBuild';
import { leaveEnvironment, stayInEnvironment, takeEnvironment } from './queue';
import {
  isFinalError,
  RETRY_DELAYS_MS,
  retryTransient,
} from './retryTransient';
import { countFor, listHolding, lookAtGates, parkAtGates } from './passGates';
import { RunContext, writeProgress } from './RunContext';
import { SLIPWAY } from './slipway';

type Check =
  | {
      verdict: 'go' | 'go-with-new-plan';
      note: string | null;
      plan: Plan;
      builds: boolean;
      steps: NewStep[];
      gates: GateStatus[];
    }
  | { verdict: 'approve-again'; plan: Plan }
  | { verdict: 'reject'; reason: string }
  | { verdict: 'cannot-tell'; message: string };

/**
 * Takes a queued run into its environment when its turn has come: computes the plan again, and lets the run go only with
 * what people agreed to. Nothing on the target is changed.
 *
 * @returns whether the run moved on; if not, it waits for the environment.
 */
export async function admitRun(
  context: RunContext,
  claim: Claim,
  queued: RunRecord,
): Promise<boolean> {
  const { engine } = context;
  if (!(await enterEnvironment(context, claim))) {
    return false;
  }
  const check = await checkPlan(context, claim, queued);
  await writeProgress(context, claim, async ({ run, stores, trx }) => {
    // Cancelled or held while the plan was computed.
    if (
      run.phase !== 'queued' ||
      !(await stayInEnvironment({ trx, engine, run }))
    ) {
      return;
    }
    switch (check.verdict) {
      case 'go':
      case 'go-with-new-plan':
        if (check.plan.hash !== run.planHash) {
          await stores.plans.save(check.plan);
        }
        if (await isHeld({ context, stores, trx, run, ...check })) {
          await leaveEnvironment({ trx, engine, run });
          return;
        }
        await stores.runs.update(run.id, {
          ...refer(check.plan),
          phase: 'running',
          phaseSince: now(),
          startedAt: now(),
          builds: check.builds,
        });
        await stores.steps.replace(run.id, check.steps);
        if (check.note) {
          await stores.logs.append({
            runId: run.id,
            lines: [{ step: 0, at: now(), stream: 'system', text: check.note }],
            bytes: check.note.length,
          });
        }
        return;
      case 'approve-again':
        await stores.plans.save(check.plan);
        await stores.approvals.void(run.id);
        await stores.runs.update(run.id, {
          ...refer(check.plan),
          phase: 'waiting-for-approval',
          phaseSince: (context.clock ?? systemClock)().toISOString(),
          ticket: null,
        });
        await stores.steps.replace(run.id, listPlannedSteps(check.plan));
        await leaveEnvironment({ trx, engine, run });
        return;
      case 'reject':
        await endRun({
          trx,
          engine,
          run,
          outcome: { phase: 'rejected', by: SLIPWAY, reason: check.reason },
        });
        return;
      case 'cannot-tell':
        await endRun({
          trx,
          engine,
          run,
          outcome: {
            phase: 'errored',
            problem: {
              message: `The plan could not be checked again: ${check.message}`,
              mend: 'Nothing was changed. Mend the cause and plan again.',
            },
          },
        });
        return;
      default:
        check satisfies never;
    }
  });
  return true;
}

/** Gives a run its environment if that is free and the run's turn; tells whether it has it, or is not in the queue any more. */
async function enterEnvironment(
  { engine, knex }: RunContext,
  claim: Claim,
): Promise<boolean> {
  if (claim.canWriteAtOnce) {
    const row = await claim.writeAtOnce(claimed =>
      takeEnvironmentAtOnce({ knex, claimed }),
    );
    if (hasTaken(row)) {
      return true;
    }
  }
  return claim.tx(async (trx, row) => {
    const run = parseRun(row);
    return run.phase !== 'queued' || takeEnvironment({ trx, engine, run });
  });
}

/**
 * Has a run wait again where an approval counts no more, or a gate was shut while the run was in the queue: a freeze began, say.
 * It takes the plan as it is now, and keeps no other run from the environment.
 */
async function isHeld(options: {
  context: RunContext;
  stores: Stores;
  trx: Knex.Transaction;
  run: RunRecord;
  plan: Plan;
  gates: readonly GateStatus[];
}): Promise<boolean> {
  const { stores, run, plan, gates, context } = options;
  if (plan.content.approvals.needed === 0 && gates.length === 0) {
    return false;
  }
  const { clock = systemClock } = context;
  const at = clock();
  const renewed = { ...run, ...refer(plan) };
  const count = await countFor({ stores, run: renewed, plan, at });
  const holding = await listHolding({ stores, run: renewed, gates, at });
  if (count.isComplete && holding.length === 0) {
    return false;
  }
  await stores.runs.update(run.id, refer(plan));
  await stores.steps.replace(run.id, listPlannedSteps(plan));
  if (!count.isComplete) {
    await stores.runs.update(run.id, {
      phase: 'waiting-for-approval',
      phaseSince: at.toISOString(),
      ticket: null,
    });
    return true;
  }
  await stores.gates.put(run.id, gates);
  await parkAtGates({ ...options, run: renewed, holding, count, at });
  return true;
}

async function checkPlan(
  context: RunContext,
  claim: Claim,
  run: RunRecord,
): Promise<Check> {
  const { dependencies, knex, retryDelaysMs = RETRY_DELAYS_MS } = context;
  const stores = createStores(knex);
  const agreed = await stores.plans.require(run.planHash);
  const release = await stores.releases.require(run.releaseId);
  const retry = { signal: claim.signal, delaysMs: retryDelaysMs };
  try {
    const fresh = await retryTransient(
      () => dependencies.replan(agreed),
      retry,
    );
    const judged: Verdict = judgeReplan({ agreed, fresh });
    switch (judged.verdict) {
      case 'reject':
        return judged;
      case 'approve-again':
        return { ...judged, plan: fresh };
      case 'go':
      case 'go-with-new-plan': {
        const look = await retryTransient(
          () => lookAtGates(context, fresh),
          retry,
        );
        if ('impossible' in look) {
          return { verdict: 'reject', reason: look.impossible };
        }
        return {
          verdict: judged.verdict,
          note: judged.verdict === 'go' ? null : judged.note,
          plan: judged.verdict === 'go' ? agreed : fresh,
          gates: look.gates,
          ...(await retryTransient(
            () => listSteps(context, { plan: fresh, release }),
            retry,
          )),
        };
      }
      default:
        return judged satisfies never;
    }
  } catch (error) {
    claim.signal.throwIfAborted();
    const message = error instanceof Error ? error.message : String(error);
    context.logger.warn(`The plan of ${run.id} could not be checked again`, {
      error: message,
    });
    return isFinalError(error)
      ? { verdict: 'reject', reason: message }
      : { verdict: 'cannot-tell', message };
  }
}

async function listSteps(
  context: RunContext,
  options: { plan: Plan; release: Release },
): Promise<{ builds: boolean; steps: NewStep[] }> {
  const { dependencies } = context;
  const { serviceRef, environment: name, operation } = options.plan.content;
  const environment = await dependencies.resolveEnvironment(serviceRef, name);
  const builds = needsBuild({ operation, release: options.release });
  const steps = dependencies
    .targetOf(environment.spec.target.kind)
    .steps({ operation, environment, build: builds });
  return {
    builds,
    steps: steps.map(({ id, title, switches, timeoutMs }) => ({
      id,
      title,
      switches,
      timeoutMs,
      stage: 'main',
    })),
  };
}

function refer({ hash, content }: Plan) {
  return {
    planHash: hash,
    releaseId: content.to.id,
    fromReleaseId: content.from?.id ?? null,
  };
}
