import {
  Approval,
  Deployed,
  EnvironmentName,
  GateStatus,
  Hold,
  isPassed,
  Plan,
  ReleaseId,
  ReleaseSummary,
  Run,
  RunId,
  RunState,
  RunSummary,
  ServiceRef,
} from '@slipway/plugin-deployments-common';
import { applyDecisions } from '../gates/applyDecisions';
import { listUnseen } from '../gates/listUnseen';
import { findDecisions, RunRecord, StepRecord, Stores } from '../stores';
import { describeApprovalGates } from './describeApprovalGates';
import { findStuck } from './findStuck';
import {
  ApprovalCount,
  findApprovalDeadline,
  judgeApprovals,
} from './judgeApprovals';
import { isKeptOut } from './queue';
import { findUsualDurations } from './usualDurations';

/** A run as people see it, less what the asking person may do to it. */
export type RunView = Omit<Run, 'may' | 'gates'> & { gates: GateStatus[] };

/** Runs as lists show them, in the order in which they were given. */
export async function describeRuns(options: {
  stores: Stores;
  runs: readonly RunRecord[];
  /** Of which moment; now unless told. */
  at?: Date;
}): Promise<RunSummary[]> {
  const { stores, runs, at = new Date() } = options;
  const releases = await stores.releases.summarize(
    runs.flatMap(run =>
      [run.releaseId, run.fromReleaseId, run.rolledBackTo].filter(
        id => id !== null,
      ),
    ),
  );
  const states = await readStates(stores, runs, at);
  return runs.map(run => ({
    id: run.id,
    serviceRef: run.serviceRef,
    environment: run.environment,
    operation: run.operation,
    from: find(releases, run.fromReleaseId),
    to: findRequired(releases, run.releaseId),
    state: states(run),
    rolledBackTo: find(releases, run.rolledBackTo),
    requestedBy: run.requestedBy,
    trigger: run.trigger,
    reason: run.reason,
    createdAt: run.createdAt,
    startedAt: run.startedAt,
    finishedAt: run.finishedAt,
  }));
}

/**
 * One run with its steps, its approvals and how long it usually takes.
 *
 * @throws NotFoundError where there is no such run.
 */
export async function describeRun(options: {
  stores: Stores;
  runId: RunId;
  at?: Date;
}): Promise<RunView> {
  const { stores, runId, at = new Date() } = options;
  const run = await stores.runs.require(runId);
  const [summary] = await describeRuns({ stores, runs: [run], at });
  const usual = await findUsualDurations({
    stores,
    serviceRef: run.serviceRef,
    environment: run.environment,
    operation: run.operation,
  });
  const steps = await stores.steps.list([runId]);
  const { heldBy } = await stores.environments.get(run);
  return {
    ...summary,
    planHash: run.planHash,
    steps: steps.map(step => ({
      index: step.index,
      id: step.id,
      title: step.title,
      stage: step.stage,
      status: step.status,
      startedAt: step.startedAt,
      finishedAt: step.finishedAt,
      usualMs: usual.stepMs.get(step.id) ?? null,
      problem: step.problem,
    })),
    approvals: await stores.approvals.list([runId]),
    gates: await describeGates({ stores, run, at }),
    usualMs: usual.runMs,
    stuck: heldBy === runId ? await findStuck({ stores, of: run }) : null,
  };
}

/** All that a run has to pass, approvals first; of one that began, as it stood then. */
async function describeGates(options: {
  stores: Stores;
  run: RunRecord;
  at: Date;
}): Promise<GateStatus[]> {
  const { stores, run } = options;
  const passedAt = run.startedAt ?? run.finishedAt;
  const at = passedAt === null ? options.at : new Date(passedAt);
  const plan = await stores.plans.require(run.planHash);
  const rules = plan.content.approvals;
  return [
    ...describeApprovalGates({
      count: judgeApprovals({
        rules,
        approvals: await stores.approvals.list([run.id]),
        planHash: run.planHash,
        at,
      }),
      deadline:
        run.phase === 'waiting-for-approval'
          ? findApprovalDeadline(rules, run.phaseSince)
          : null,
      at,
    }),
    ...applyDecisions(
      matchGates(plan, (await stores.gates.getMany([run.id])).get(run.id)),
      findDecisions({
        decisions: await stores.gates.listDecisions([run.id]),
        planHash: run.planHash,
        at,
      }),
    ),
  ];
}

/** How the gates of a plan stood when they were looked at. What was seen of other gates belongs to a plan that the run had before. */
function matchGates(
  plan: Plan,
  seen: readonly GateStatus[] = [],
): GateStatus[] {
  return listUnseen(plan, 'It was not looked at yet.').map(
    unseen => seen.find(({ id }) => id === unseen.id) ?? unseen,
  );
}

/** What we last put into an environment with success, or brought back there. */
export async function describeDeployed(options: {
  stores: Stores;
  serviceRef: ServiceRef;
  environment: EnvironmentName;
}): Promise<Deployed | null> {
  const { stores, serviceRef, environment } = options;
  const run = await stores.runs.getLastDeployed(serviceRef, environment);
  if (!run?.finishedAt) {
    return null;
  }
  const id = run.rolledBackTo ?? run.releaseId;
  const releases = await stores.releases.summarize([id]);
  return {
    release: findRequired(releases, id),
    runId: run.id,
    operation: run.operation,
    at: run.finishedAt,
    by: run.requestedBy,
  };
}

/** Reads what the states of some runs are made of, few queries for many runs. */
async function readStates(
  stores: Stores,
  runs: readonly RunRecord[],
  at: Date,
): Promise<(run: RunRecord) => RunState> {
  const waiting = runs.filter(run => run.phase === 'waiting-for-approval');
  const held = runs.filter(run => run.phase === 'waiting-for-gates');
  const plans = await stores.plans.getMany(
    [...waiting, ...held].map(run => run.planHash),
  );
  const approvals = await stores.approvals.list(waiting.map(run => run.id));
  const gated = held.map(({ id }) => id);
  const gates = await stores.gates.getMany(gated);
  const decisions = await stores.gates.listDecisions(gated);
  const places = await readPlaces(stores, runs);
  const running = runs.filter(run => run.phase === 'running');
  const steps = await stores.steps.list(running.map(run => run.id));

  return run => {
    switch (run.phase) {
      case 'waiting-for-approval':
        return describeWaiting({
          run,
          plan: plans.get(run.planHash),
          approvals: approvals.filter(({ runId }) => runId === run.id),
          at,
        });
      case 'waiting-for-gates':
        return {
          phase: run.phase,
          holding: applyDecisions(
            listSeen(plans.get(run.planHash), gates.get(run.id)),
            findDecisions({
              decisions: decisions.filter(({ runId }) => runId === run.id),
              planHash: run.planHash,
              at,
            }),
          )
            .filter(({ state }) => !isPassed(state))
            .map(({ id, kind, title, state, reason, until }) => ({
              id,
              kind,
              title,
              state,
              reason,
              until,
            })),
        };
      case 'queued':
        return {
          phase: run.phase,
          ...(places.get(run.id) ?? { position: 1, hold: null }),
        };
      case 'running':
        return describeProgress(
          run,
          steps.filter(({ runId }) => runId === run.id),
        );
      case 'succeeded':
      case 'failed':
      case 'errored':
      case 'cancelled':
      case 'rejected':
        if (!run.outcome) {
          throw new Error(`The run ${run.id} ended without an outcome`);
        }
        return run.outcome;
      default:
        return run.phase satisfies never;
    }
  };
}

/** The gates of a plan that were looked at. */
function listSeen(
  plan: Plan | undefined,
  seen: readonly GateStatus[] = [],
): GateStatus[] {
  const planned = new Set(plan?.content.gates?.map(({ id }) => id));
  return seen.filter(({ id }) => planned.has(id));
}

function describeWaiting(options: {
  run: RunRecord;
  plan: Plan | undefined;
  approvals: readonly Approval[];
  at: Date;
}): RunState {
  const { run, plan, approvals, at } = options;
  const rules = plan?.content.approvals;
  const count =
    rules && judgeApprovals({ rules, approvals, planHash: run.planHash, at });
  const deadline = rules && findApprovalDeadline(rules, run.phaseSince);
  return {
    phase: 'waiting-for-approval',
    given: count ? countTowardEnd(count) : 0,
    needed: Math.max(count?.needed ?? 1, 1),
    expiresAt: deadline?.toISOString() ?? null,
  };
}

/** How many of the approvals that are needed are there, where a place that a group has to fill is kept free for it. */
function countTowardEnd({ given, needed, quorums }: ApprovalCount): number {
  const missing = quorums.map(quorum => quorum.needed - quorum.given);
  return Math.max(0, Math.min(given, needed - Math.max(0, ...missing)));
}

function describeProgress(
  run: RunRecord,
  steps: readonly StepRecord[],
): RunState {
  return {
    phase: 'running',
    step: steps.filter(({ status }) => status !== 'pending').length,
    steps: Math.max(steps.length, 1),
    ...(run.cancelRequestedBy && { cancelRequestedBy: run.cancelRequestedBy }),
  };
}

type Place = { position: number; hold: Hold | null };

/** The places of queued runs, 1 for the next. Those that are kept out do not count, but for each other. */
async function readPlaces(
  stores: Stores,
  runs: readonly RunRecord[],
): Promise<Map<RunId, Place>> {
  const places = new Map<RunId, Place>();
  for (const run of runs) {
    if (run.phase === 'queued' && !places.has(run.id)) {
      const { hold } = await stores.environments.get(run);
      const queue = await stores.runs.listQueued(run);
      const free = queue.filter(other => !isKeptOut(other, hold));
      free.forEach(({ id }, i) =>
        places.set(id, { position: i + 1, hold: null }),
      );
      queue.forEach(({ id }, i) => {
        if (!places.has(id)) {
          places.set(id, { position: i + 1, hold });
        }
      });
    }
  }
  return places;
}

function find(
  releases: ReadonlyMap<ReleaseId, ReleaseSummary>,
  id: ReleaseId | null,
): ReleaseSummary | null {
  return (id && releases.get(id)) ?? null;
}

function findRequired(
  releases: ReadonlyMap<ReleaseId, ReleaseSummary>,
  id: ReleaseId,
): ReleaseSummary {
  const release = releases.get(id);
  if (!release) {
    throw new Error(`There is no release ${id}`);
  }
  return release;
}
