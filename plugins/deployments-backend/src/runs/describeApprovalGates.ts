import { GateStatus } from '@slipway/plugin-deployments-common';
import { nameRef } from '../permissions/nameRef';
import { ApprovalCount } from './judgeApprovals';

/** What people have to say, as gates: how many are needed in all, and of which groups. */
export function describeApprovalGates(options: {
  count: ApprovalCount;
  /** When the run is rejected if it still waits then. */
  deadline: Date | null;
  at: Date;
}): GateStatus[] {
  const { count, deadline, at } = options;
  const describe = (gate: {
    id: string;
    title: string;
    given: number;
    needed: number;
  }): GateStatus => {
    const { id, title, given, needed } = gate;
    const isOpen = given >= needed;
    return {
      id,
      kind: 'approval',
      title,
      tickable: false,
      state: isOpen ? 'open' : 'waiting',
      reason: `${given} of ${needed} ${needed === 1 ? 'approval' : 'approvals'}.`,
      until: (!isOpen && deadline?.toISOString()) || null,
      evidence: null,
      checkedAt: at.toISOString(),
      decision: null,
    };
  };
  return [
    ...(count.needed > 0
      ? [describe({ id: 'approval', title: 'Approvals', ...count })]
      : []),
    ...count.quorums.map(quorum =>
      describe({
        id: `approval:${quorum.group}`,
        title: `Approvals of ${nameRef(quorum.group)}`,
        ...quorum,
      }),
    ),
  ];
}
