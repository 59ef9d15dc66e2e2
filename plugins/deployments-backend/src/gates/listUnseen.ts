import { GateStatus, Plan } from '@slipway/plugin-deployments-common';

/** The gates of a plan that nobody could look at, shut, with the reason why. */
export function listUnseen(plan: Plan, reason: string): GateStatus[] {
  return (plan.content.gates ?? []).map(gate => ({
    ...gate,
    state: 'waiting',
    reason,
    until: null,
    evidence: null,
    checkedAt: null,
    decision: null,
  }));
}
