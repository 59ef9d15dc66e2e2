import { LoggerService } from '@backstage/backend-plugin-api';
import {
  Finding,
  Hold,
  ObservedState,
  Operation,
  PlanContent,
  Release,
  ReleaseSummary,
} from '@slipway/plugin-deployments-common';
import {
  DeploymentTarget,
  ProtectionSpec,
  TargetEnvironment,
  TargetPlan,
} from '@slipway/plugin-deployments-node';
import { nameRef } from '../permissions';
import { listGates, toPlannedGate } from '../gates/listGates';
import {
  countNeeded,
  groupOf,
  hasQuorum,
} from '../manifest/strengthenProtection';
import { needsBuild } from '../runs';
import { GitRepository } from '../source';
import { digestEnvironment } from './hashPlan';

/** How long a target may take to say what would change. */
const TARGET_TIMEOUT_MS = 60_000;

const NO_CHANGES: TargetPlan = {
  artifacts: [],
  migrations: [],
  configuration: [],
  findings: [],
  doesNotRevert: [],
};

export type ComposePlanOptions = {
  environment: TargetEnvironment;
  target: DeploymentTarget;
  source: GitRepository;
  operation: Operation;
  /** What the target said just now. */
  observed: ObservedState;
  /** What runs, where it is one of ours. */
  from: Release | null;
  to: Release;
  fromEnvironment: string | null;
  /** What keeps automatic runs out of the environment. */
  hold: Hold | null;
  /** Found while the release was chosen. */
  findings: Finding[];
  logger: LoggerService;
};

/** Puts together what an operation would do. Changes nothing, and says the same as long as nothing changed. */
export async function composePlan(
  options: ComposePlanOptions,
): Promise<PlanContent> {
  const { environment, target, operation, source, observed, from, to } =
    options;
  const { protection } = environment.spec;
  const commits = await source.commitsBetween({
    from: from?.commit.id ?? null,
    to: to.commit.id,
  });
  const gates = listGates(protection, { operation, commits }).map(
    toPlannedGate,
  );
  const changes =
    observed.reach === 'reached'
      ? await target.plan({
          environment,
          operation,
          observed,
          from,
          to,
          source,
          logger: options.logger,
          signal: AbortSignal.timeout(TARGET_TIMEOUT_MS),
        })
      : NO_CHANGES;
  const steps = target.steps({
    operation,
    environment,
    build: needsBuild({ operation, release: to }),
  });
  return {
    serviceRef: environment.serviceRef,
    environment: environment.name,
    operation,
    manifest: digestEnvironment(environment),
    from: from && summarizeRelease(from),
    to: summarizeRelease(to),
    fromEnvironment: options.fromEnvironment,
    commits,
    artifacts: changes.artifacts,
    migrations: changes.migrations,
    configuration: changes.configuration,
    steps: steps.map(({ id, title }) => ({ id, title })),
    findings: [
      ...options.findings,
      ...findInHold(options.hold),
      ...findInState({ ...options, changes }),
      ...changes.findings,
    ],
    approvals: describeApprovals(protection),
    ...(gates.length > 0 && { gates }),
    doesNotRevert: changes.doesNotRevert,
  };
}

/** What has no quorums and no expiry leaves them out, as plans did that were made before there were any. */
function describeApprovals(
  protection: ProtectionSpec,
): PlanContent['approvals'] {
  const { approvers, selfApproval, approvalExpiry } = protection;
  const quorums = approvers
    .filter(hasQuorum)
    .map(({ group, quorum }) => ({ group, needed: quorum }));
  return {
    needed: countNeeded(protection),
    groups: approvers.map(groupOf),
    selfApproval,
    ...(quorums.length > 0 && { quorums }),
    ...(approvalExpiry !== undefined && { expiryMs: approvalExpiry }),
  };
}

function summarizeRelease(release: Release): ReleaseSummary {
  const { id, version, commit } = release;
  return { id, version, commitId: commit.id };
}

/** A person may go on all the same, and has to know. */
function findInHold(hold: Hold | null): Finding[] {
  return hold
    ? [
        {
          severity: 'warning',
          message: `Held by ${nameRef(hold.by)}: ${hold.reason}`,
          mend: 'Automatic runs wait until the hold is released. Make sure that this one should not.',
        },
      ]
    : [];
}

function findInState(
  options: ComposePlanOptions & { changes: TargetPlan },
): Finding[] {
  const { observed, environment, operation, from, to, target, changes } =
    options;
  const { name } = environment;
  if (observed.reach === 'unreachable') {
    return [
      {
        severity: 'blocking',
        message: `${name} cannot be asked what it runs: ${observed.message}`,
        ...(observed.mend !== null && { mend: observed.mend }),
      },
    ];
  }
  const findings: Finding[] = [];
  if (
    from?.id === to.id &&
    observed.health === 'healthy' &&
    changes.configuration.length === 0
  ) {
    findings.push({
      severity: 'blocking',
      message: `${to.version} already runs in ${name}, and is healthy.`,
      mend: 'There is nothing to do.',
    });
  }
  if (observed.release && !from) {
    findings.push({
      severity: 'warning',
      message: `${name} runs ${observed.release.version}, which was not deployed from here.`,
      mend: 'Make sure that it may be replaced.',
    });
  }
  if (
    operation === 'rollback' &&
    target.capabilities.rollbackWithoutRebuild &&
    !observed.keptReleases.some(({ id }) => id === to.id)
  ) {
    findings.push({
      severity: 'blocking',
      message: `${name} no longer keeps ${to.version}.`,
      mend: `Deploy ${to.version} instead.`,
    });
  }
  if (operation === 'promote' && to.artifacts.length === 0) {
    findings.push({
      severity: 'blocking',
      message: `${to.version} has no artifacts that could be promoted.`,
      mend: `Deploy it to ${options.fromEnvironment ?? 'the environment before'} first.`,
    });
  }
  return findings;
}
