import { Plan, PlanContent } from '@slipway/plugin-deployments-common';
import { describePlanChange, toCanonicalJson } from '../plans';
import { listBlockingFindings } from './listBlockingFindings';

/** What becomes of a run whose plan was computed again. */
export type Verdict =
  | { verdict: 'go' }
  | { verdict: 'go-with-new-plan'; note: string }
  | { verdict: 'approve-again' }
  | { verdict: 'reject'; reason: string };

/** Decides whether a run may go on with the plan as it comes out now, given the one that people agreed to. */
export function judgeReplan(options: { agreed: Plan; fresh: Plan }): Verdict {
  const { agreed, fresh } = options;
  const stands = withoutSettled(agreed.content, fresh.content);
  if (agreed.hash === fresh.hash || isSame(stands, fresh.content)) {
    return { verdict: 'go' };
  }
  const [blocking] = listBlockingFindings(fresh);
  if (blocking) {
    return { verdict: 'reject', reason: blocking.message };
  }
  if (fresh.content.approvals.needed > 0) {
    return { verdict: 'approve-again' };
  }
  if (!isSame(withoutStart(stands), withoutStart(fresh.content))) {
    return {
      verdict: 'reject',
      reason: `The plan changed while the run waited: ${describePlanChange(
        agreed.content,
        fresh.content,
      )}. Plan again and look at it`,
    };
  }
  return {
    verdict: 'go-with-new-plan',
    note: `While this run waited, what runs changed from ${
      agreed.content.from?.version ?? 'nothing'
    } to ${fresh.content.from?.version ?? 'nothing'}. It goes on from there.`,
  };
}

/** What people agreed to less the warnings that are no more: who went on in spite of them goes on without them. */
function withoutSettled(agreed: PlanContent, fresh: PlanContent): PlanContent {
  const remain = new Set(fresh.findings.map(toCanonicalJson));
  return {
    ...agreed,
    findings: agreed.findings.filter(finding =>
      remain.has(toCanonicalJson(finding)),
    ),
  };
}

/** A plan less what follows from the release that it starts from. */
function withoutStart(content: PlanContent): PlanContent {
  return {
    ...content,
    from: null,
    commits: { direction: 'first', items: [], total: 0 },
    artifacts: content.artifacts.map(artifact => ({ ...artifact, from: null })),
  };
}

function isSame(one: PlanContent, other: PlanContent): boolean {
  return toCanonicalJson(one) === toCanonicalJson(other);
}
