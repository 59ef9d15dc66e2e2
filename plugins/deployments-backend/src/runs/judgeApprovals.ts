import {
  Approval,
  PlanContent,
  PlanHash,
} from '@slipway/plugin-deployments-common';

/** What approvals of a run come to. */
export type ApprovalCount = {
  /** Persons who said yes and whose yes still counts. */
  given: number;
  needed: number;
  /** Groups of which some members have to say yes. */
  quorums: Array<{ group: string; given: number; needed: number }>;
  isComplete: boolean;
  /** When the first of them counts no more; null where they last. */
  expiresAt: Date | null;
};

/** Counts the approvals of a run against what its plan asks for. A person counts once, and for each group that they are a member of. */
export function judgeApprovals(options: {
  rules: PlanContent['approvals'];
  approvals: readonly Approval[];
  planHash: PlanHash;
  at: Date;
}): ApprovalCount {
  const { needed, quorums = [], expiryMs } = options.rules;
  const counting = listCounting(options);
  const count = (approvals: readonly Approval[]) =>
    new Set(approvals.map(({ by }) => by)).size;
  const given = count(counting);
  const judged = quorums.map(quorum => ({
    ...quorum,
    given: count(
      counting.filter(({ groups }) => groups.includes(quorum.group)),
    ),
  }));
  const [oldest] = counting
    .map(({ at }) => Date.parse(at))
    .sort((a, b) => a - b);
  return {
    given,
    needed,
    quorums: judged,
    isComplete:
      given >= needed && judged.every(quorum => quorum.given >= quorum.needed),
    expiresAt:
      expiryMs === undefined || oldest === undefined
        ? null
        : new Date(oldest + expiryMs),
  };
}

/** The approvals that count at a moment for a plan. */
export function listCounting(options: {
  rules: PlanContent['approvals'];
  approvals: readonly Approval[];
  planHash: PlanHash;
  at: Date;
}): Approval[] {
  const { rules, approvals, planHash, at } = options;
  return approvals.filter(
    approval =>
      approval.planHash === planHash && isCounting(approval, rules, at),
  );
}

/** Whether an approval has not lost its force, neither with a plan that changed nor with time. */
export function isCounting(
  approval: Approval,
  { expiryMs = Infinity }: PlanContent['approvals'],
  at: Date,
): boolean {
  return (
    approval.decision === 'approved' &&
    approval.voidedAt === null &&
    Date.parse(approval.at) + expiryMs > at.getTime()
  );
}

/** When a run that waits for people is rejected; null where it may wait as long as it takes. */
export function findApprovalDeadline(
  rules: PlanContent['approvals'],
  waitingSince: string,
): Date | null {
  return rules.expiryMs === undefined
    ? null
    : new Date(Date.parse(waitingSince) + rules.expiryMs);
}
