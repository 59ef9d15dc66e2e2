import { Plan, Release } from '@slipway/plugin-deployments-common';
import { Claim } from '../engine';
import { createStores, NewStep, parseRun, RunRecord } from '../stores';
import { now } from '../stores/columns';
import { endRun } from './endRun';
import { judgeReplan, Verdict } from './judgeReplan';
import { listPlannedSteps } from './listPlannedSteps';
import { needsBuild } from './needsBuild';
import { leaveEnvironment, takeEnvironment } from './queue';
import {
  isFinalError,
  RETRY_DELAYS_MS,
  retryTransient,
} from './retryTransient';
import { RunContext, writeProgress } from './RunContext';

/** Ends what people did not ask for in the product's own name. */
const SLIPWAY = 'slipway';

type Check =
  | {
      verdict: 'go' | 'go-with-new-plan';
      note: string | null;
      plan: Plan;
      builds: boolean;
      steps: NewStep[];
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
  const admitted = await claim.tx(async (trx, row) => {
    const run = parseRun(row);
    return run.phase !== 'queued' || takeEnvironment({ trx, engine, run });
  });
  if (!admitted) {
    return false;
  }
  const check = await checkPlan(context, claim, queued);
  await writeProgress(context, claim, async ({ run, stores, trx }) => {
    // Cancelled while the plan was computed.
    if (run.phase !== 'queued') {
      return;
    }
    switch (check.verdict) {
      case 'go':
      case 'go-with-new-plan':
        await stores.plans.save(check.plan);
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
          phaseSince: now(),
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

async function checkPlan(
  context: RunContext,
  claim: Claim,
  run: RunRecord,
): Promise<Check> {
  const { dependencies, knex, retryDelaysMs = RETRY_DELAYS_MS } = context;
  const stores = createStores(knex);
  const agreed = await stores.plans.require(run.planHash);
  const release = await stores.releases.require(run.releaseId);
  try {
    const fresh = await retryTransient(() => dependencies.replan(agreed), {
      signal: claim.signal,
      delaysMs: retryDelaysMs,
    });
    const judged: Verdict = judgeReplan({ agreed, fresh });
    switch (judged.verdict) {
      case 'reject':
        return judged;
      case 'approve-again':
        return { ...judged, plan: fresh };
      case 'go':
      case 'go-with-new-plan':
        return {
          verdict: judged.verdict,
          note: judged.verdict === 'go' ? null : judged.note,
          plan: fresh,
          ...(await listSteps(context, { plan: fresh, release })),
        };
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
    steps: steps.map(({ id, title, switches }) => ({
      id,
      title,
      switches,
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
