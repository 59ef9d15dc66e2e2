import { isError } from '@backstage/errors';
import {
  GateStatus,
  Plan,
  PlanReview,
} from '@slipway/plugin-deployments-common';
import { GateKeeper } from '../gates';
import { listUnseen } from '../gates/listUnseen';
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
      ...(await lookAtGates(gates, plan, at)),
    ],
  };
}

/** A plan can be read for as long as it is kept, also where its manifest is gone. */
async function lookAtGates(
  gates: GateKeeper,
  plan: Plan,
  at: Date,
): Promise<GateStatus[]> {
  try {
    return await gates.look(plan, at);
  } catch (error) {
    const message = isError(error) ? error.message : String(error);
    return listUnseen(plan, `It could not be looked at: ${message}`);
  }
}
