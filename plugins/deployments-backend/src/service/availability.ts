import {
  Approval,
  Availability,
  EnvironmentName,
  GateStatus,
  Hold,
  isFinished,
  ObservedState,
  PlanContent,
  RunPhase,
  Stuck,
} from '@slipway/plugin-deployments-common';
import { describeMissingPermission, nameRef } from '../permissions';
import { isBeforeStart, isCounting } from '../runs';
import { Caller } from './Caller';

const ALLOWED: Availability = { allowed: true };

function refuse(reason: string): Availability {
  return { allowed: false, reason };
}

/** The first reason that there is, else yes. */
function unless(
  ...reasons: Array<string | false | null | undefined>
): Availability {
  const reason = reasons.find(Boolean);
  return reason ? refuse(reason) : ALLOWED;
}

/** A permission that was asked for, and whom to ask where it is wanting. */
export type Permit = {
  permission: { name: string };
  environment: EnvironmentName;
  allowed: boolean;
  ask: readonly string[];
};

/** Whether the caller may deploy a commit. */
export function mayDeploy(options: { permit: Permit }): Availability {
  return unless(missing(options.permit));
}

/** Whether the caller may promote into an environment, and whether there is something to promote. */
export function mayPromote(options: {
  permit: Permit;
  environment: EnvironmentName;
  observed: ObservedState | null;
  promotesFrom: {
    name: EnvironmentName;
    observed: ObservedState | null;
  } | null;
}): Availability {
  const { permit, environment, observed, promotesFrom } = options;
  if (!promotesFrom) {
    return refuse(
      `${environment} is the first environment. Nothing is promoted into it.`,
    );
  }
  const waiting = runningRelease(promotesFrom.observed);
  const present = runningRelease(observed);
  return unless(
    missing(permit),
    !waiting &&
      (promotesFrom.observed?.reach === 'unreachable'
        ? `${promotesFrom.name} cannot be reached. It is not known what it runs.`
        : `Nothing runs in ${promotesFrom.name} yet. Deploy to it first.`),
    waiting &&
      !waiting.id &&
      `${promotesFrom.name} runs something that was not deployed from here.`,
    waiting?.id &&
      waiting.id === present?.id &&
      isHealthy(observed) &&
      `${waiting.version} already runs in ${environment}.`,
  );
}

/** Whether the caller may roll back, and whether there is something to roll back to. */
export function mayRollback(options: {
  permit: Permit;
  environment: EnvironmentName;
  observed: ObservedState | null;
}): Availability {
  const { permit, environment, observed } = options;
  const current = runningRelease(observed)?.id;
  const hasEarlier =
    observed?.reach === 'reached' &&
    observed.keptReleases.some(({ id }) => id !== null && id !== current);
  return unless(
    missing(permit),
    observed?.reach === 'unreachable' &&
      `${environment} cannot be reached: ${observed.message}`,
    !hasEarlier && `There is no earlier release in ${environment}.`,
  );
}

/** Whether the caller may say yes or no to a waiting run. */
export function mayApprove(options: {
  permit: Permit;
  caller: Caller;
  run: { phase: RunPhase; requestedBy: string };
  rules: PlanContent['approvals'];
  approvals: readonly Approval[];
}): Availability {
  const { permit, caller, run, rules, approvals } = options;
  const { groups } = rules;
  const inGroups =
    groups.length === 0 || groups.some(group => caller.claims.includes(group));
  return unless(
    run.phase !== 'waiting-for-approval' &&
      'This run does not wait for approval.',
    !isPersonThemselves(caller) && 'Only a person can approve.',
    missing({ ...permit, ask: groups.length > 0 ? groups : permit.ask }),
    !inGroups &&
      `Only members of ${groups.map(nameRef).join(' or ')} can approve.`,
    caller.ref === run.requestedBy &&
      !rules.selfApproval &&
      'Another person must approve.',
    approvals.some(
      approval =>
        approval.by === caller.ref && isCounting(approval, rules, new Date()),
    ) && 'You have approved already. Another person must approve, too.',
  );
}

/** Whether the caller may tick items of a run's checklist: whoever may do what the run does. */
export function mayTick(options: {
  permit: Permit;
  caller: Caller;
  run: { phase: RunPhase };
}): Availability {
  const { permit, caller, run } = options;
  return unless(
    !isBeforeStart(run.phase) && 'This run has begun.',
    !isPersonThemselves(caller) && 'Only a person can tick it.',
    missing(permit),
  );
}

/** Whether the caller may let a run pass a gate that holds it. */
export function mayOverride(options: {
  permit: Permit;
  caller: Caller;
  run: { phase: RunPhase; requestedBy: string };
  selfApproval: boolean;
  gate: Pick<GateStatus, 'state' | 'checkedAt'>;
}): Availability {
  const { permit, caller, run, selfApproval, gate } = options;
  return unless(
    !isBeforeStart(run.phase) && 'This run has begun.',
    gate.checkedAt === null && 'It was not looked at yet.',
    gate.state === 'open' && 'It does not hold this run.',
    !isPersonThemselves(caller) && 'Only a person can let a run pass.',
    missing(permit),
    caller.ref === run.requestedBy &&
      !selfApproval &&
      'Another person must let your run pass.',
  );
}

/** Whether the caller may ask a run to stop. One's own may always be stopped. */
export function mayCancel(options: {
  permit: Permit;
  caller: Caller;
  run: {
    phase: RunPhase;
    requestedBy: string;
    cancelRequestedBy: string | null;
  };
}): Availability {
  const { permit, caller, run } = options;
  return unless(
    isFinished(run.phase) && 'This run is finished.',
    run.cancelRequestedBy !== null &&
      `${nameRef(run.cancelRequestedBy)} has cancelled it already. It stops after the present step.`,
    caller.ref !== run.requestedBy && missing(permit),
  );
}

/** Whether the caller may keep automatic runs out of an environment. */
export function mayHold(options: {
  permit: Permit;
  hold: Hold | null;
}): Availability {
  const { permit, hold } = options;
  return unless(
    missing(permit),
    hold && `Held by ${nameRef(hold.by)}: ${hold.reason}`,
  );
}

/** Whether the caller may let automatic runs in again. */
export function mayReleaseHold(options: {
  permit: Permit;
  caller: Pick<Caller, 'isPerson' | 'isProgram'>;
  environment: EnvironmentName;
  hold: Hold | null;
}): Availability {
  const { permit, caller, environment, hold } = options;
  return unless(
    !hold && `${environment} is not held.`,
    missing(permit),
    !isPersonThemselves(caller) && 'Only a person can release a hold.',
  );
}

/** Whether the caller may end a stuck run, and free its environment. */
export function mayReleaseRun(options: {
  permit: Permit;
  caller: Pick<Caller, 'isPerson' | 'isProgram'>;
  stuck: Stuck | null;
}): Availability {
  const { permit, caller, stuck } = options;
  return unless(
    !stuck && 'This run is not stuck.',
    missing(permit),
    !isPersonThemselves(caller) && 'Only a person can release an environment.',
  );
}

/** Whether it is a person who speaks, and no program: neither a service, nor one that acts for a person. */
function isPersonThemselves(
  caller: Pick<Caller, 'isPerson' | 'isProgram'>,
): boolean {
  return caller.isPerson && !caller.isProgram;
}

/** Whether the caller may plan and start anew what a run was to do. */
export function mayRetry(options: {
  permit: Permit;
  run: { phase: RunPhase };
}): Availability {
  const { permit, run } = options;
  return unless(
    !isFinished(run.phase) && 'This run is not finished.',
    run.phase !== 'failed' &&
      run.phase !== 'errored' &&
      'Only a run that failed or errored can be retried.',
    missing(permit),
  );
}

function missing(permit: Permit): string | false {
  return !permit.allowed && describeMissingPermission(permit);
}

function runningRelease(observed: ObservedState | null) {
  return observed?.reach === 'reached' ? observed.release : null;
}

function isHealthy(observed: ObservedState | null): boolean {
  return observed?.reach === 'reached' && observed.health === 'healthy';
}
