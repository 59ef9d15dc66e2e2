import { Finding, Plan } from '@slipway/plugin-deployments-common';
import { createPlanContent } from '../__testUtils__/createPlanContent';
import { hashPlan } from '../plans';
import { judgeReplan } from './judgeReplan';

const HELD: Finding = {
  severity: 'warning',
  message: 'Held by raj: load test',
};
const DEGRADED: Finding = {
  severity: 'warning',
  message: 'staging is degraded.',
};

describe('judgeReplan', () => {
  function createPlan(findings: Finding[], needed = 0): Plan {
    const content = createPlanContent({
      findings,
      approvals: { needed, groups: [], selfApproval: false },
    });
    return {
      hash: hashPlan(content),
      content,
      createdAt: '2026-11-21T10:00:00.000Z',
      usualMs: null,
    };
  }

  it.each([0, 1])(
    'given a warning that is no more, when %s approvals are needed, then the run goes on with what people agreed to',
    needed => {
      expect(
        judgeReplan({
          agreed: createPlan([HELD, DEGRADED], needed),
          fresh: createPlan([DEGRADED], needed),
        }),
      ).toEqual({ verdict: 'go' });
    },
  );

  it('given a warning that is new, then nobody has agreed to it', () => {
    expect(
      judgeReplan({
        agreed: createPlan([DEGRADED]),
        fresh: createPlan([DEGRADED, HELD]),
      }),
    ).toMatchObject({ verdict: 'reject' });
    expect(
      judgeReplan({
        agreed: createPlan([DEGRADED], 1),
        fresh: createPlan([HELD], 1),
      }),
    ).toEqual({ verdict: 'approve-again' });
  });
});
