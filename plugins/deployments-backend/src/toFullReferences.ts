import { ApproverSpec } from '@slipway/plugin-deployments-node';
import { toGroupRef } from './toGroupRef';

/** Approvers with their groups as full entity references, as people's claims are. */
export function toFullReferences(
  approvers: readonly ApproverSpec[],
): ApproverSpec[] {
  return approvers.map(approver =>
    typeof approver === 'string'
      ? toGroupRef(approver)
      : { ...approver, group: toGroupRef(approver.group) },
  );
}
