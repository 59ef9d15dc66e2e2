import {
  ApprovalList,
  ApprovalRequest,
  ApprovalScope,
  deploymentsApprovePermission,
  deploymentsReadPermission,
  Plan,
  ServiceRef,
} from '@slipway/plugin-deployments-common';
import { EnvironmentAuthorizer } from '../permissions';
import { describeRuns } from '../runs';
import { RunRecord, Stores } from '../stores';
import { Access, CallOptions } from './Access';
import { mayApprove } from './availability';
import { Caller } from './Caller';

/** How many of the last decisions are looked through for those of the caller. */
const MAX_DECISIONS = 200;

/**
 * What waits for approval and was decided, as far as the caller may read it. `mine` waits for the caller, `asked` are the caller's own requests
 * that wait for others, `done` is what was decided of late.
 */
export async function listApprovals(options: {
  scope: ApprovalScope;
  caller: Caller;
  access: Access;
  authorizer: EnvironmentAuthorizer;
  stores: Stores;
  call: CallOptions;
}): Promise<ApprovalList> {
  const { scope, caller, access, authorizer, stores, call } = options;
  const waiting = await stores.runs.listWaiting();
  const decisions = await stores.approvals.listNewest(MAX_DECISIONS);
  const decidedIds = [...new Set(decisions.map(({ runId }) => runId))];
  const waitingIds = new Set(waiting.map(({ id }) => id));
  const decided = (await stores.runs.getMany(decidedIds))
    .filter(({ id }) => !waitingIds.has(id))
    .sort((a, b) => decidedIds.indexOf(a.id) - decidedIds.indexOf(b.id));
  const runs = [...waiting, ...decided];
  const permits = await authorizer.decide(
    runs.flatMap(({ id, serviceRef, environment }) =>
      [deploymentsReadPermission, deploymentsApprovePermission].map(
        permission => ({ id, serviceRef, environment, permission }),
      ),
    ),
    caller.credentials,
  );
  const isAllowed = (run: RunRecord, { name }: { name: string }) =>
    permits.some(
      ({ id, permission, allowed }) =>
        id === run.id && permission.name === name && allowed,
    );
  const owners = await mapOwners(
    waiting.filter(
      run =>
        isAllowed(run, deploymentsReadPermission) &&
        !isAllowed(run, deploymentsApprovePermission),
    ),
    ref => access.listOwners(ref, call),
  );
  const plans = await stores.plans.getMany(
    runs.map(({ planHash }) => planHash),
  );
  const approvals = await stores.approvals.list([...waitingIds]);
  const requests = runs.flatMap(run => {
    const plan = plans.get(run.planHash);
    return plan && isAllowed(run, deploymentsReadPermission)
      ? [
          {
            run,
            plan,
            approve: mayApprove({
              caller,
              run,
              rules: plan.content.approvals,
              approvals: approvals.filter(({ runId }) => runId === run.id),
              permit: {
                permission: deploymentsApprovePermission,
                environment: run.environment,
                allowed: isAllowed(run, deploymentsApprovePermission),
                ask: owners.get(run.serviceRef) ?? [],
              },
            }),
          },
        ]
      : [];
  });
  const scopes = {
    mine: requests.filter(({ approve }) => approve.allowed),
    asked: requests.filter(
      ({ run }) => waitingIds.has(run.id) && run.requestedBy === caller.ref,
    ),
    done: requests.filter(({ run }) => !waitingIds.has(run.id)),
  };
  const listed = scopes[scope];
  const summaries = await describeRuns({
    stores,
    runs: listed.map(({ run }) => run),
  });
  return {
    items: listed.map(({ run, plan, approve }, i): ApprovalRequest => ({
      run: summaries[i],
      planHash: run.planHash,
      findings: countFindings(plan),
      waitingSince: run.phaseSince,
      may: { approve },
    })),
    counts: {
      mine: scopes.mine.length,
      asked: scopes.asked.length,
      done: scopes.done.length,
    },
  };
}

/** Whom to ask about the services of those runs; each service is looked at once. */
async function mapOwners(
  runs: readonly RunRecord[],
  listOwners: (ref: ServiceRef) => Promise<readonly string[]>,
): Promise<ReadonlyMap<ServiceRef, readonly string[]>> {
  const refs = [...new Set(runs.map(({ serviceRef }) => serviceRef))];
  const lists = await Promise.all(refs.map(listOwners));
  return new Map(refs.map((ref, i) => [ref, lists[i]]));
}

function countFindings({ content }: Plan): ApprovalRequest['findings'] {
  const all = [
    ...content.findings,
    ...content.migrations.flatMap(({ findings }) => findings),
  ];
  const count = (severity: string) =>
    all.filter(finding => finding.severity === severity).length;
  return { blocking: count('blocking'), warning: count('warning') };
}
