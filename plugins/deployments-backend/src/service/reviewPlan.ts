import { Plan, PlanReview } from '@slipway/plugin-deployments-common';
import { GateKeeper } from '../gates';
import { describeApprovalGates, judgeApprovals } from '../runs';

/** A plan with its gates as they stand now: what would hold a run that were started from it, and what would not. */
export async function reviewPlan(options: {
  plan: Plan;
  gates: GateKeeper;
}): Promise<PlanReview> {
  const { plan, gates } = options;
  const at = new Date();
  return {
    ...plan,
    gates: [
      ...describeApprovalGates({
        count: judgeApprovals({
          rules: plan.content.approvals,
          approvals: [],
          planHash: plan.hash,
          at,
        }),
        deadline: null,
        at,
      }),
      ...(await gates.look(plan, at)),
    ],
  };
}
