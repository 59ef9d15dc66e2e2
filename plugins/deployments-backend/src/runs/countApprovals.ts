import { Approval, PlanHash } from '@slipway/plugin-deployments-common';

/** How many persons said yes to a plan, of those whose yes still counts. */
export function countApprovals(
  approvals: readonly Approval[],
  planHash: PlanHash,
): number {
  const persons = approvals
    .filter(
      approval =>
        approval.planHash === planHash &&
        approval.decision === 'approved' &&
        approval.voidedAt === null,
    )
    .map(({ by }) => by);
  return new Set(persons).size;
}
