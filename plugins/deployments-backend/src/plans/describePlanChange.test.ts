import { digestSchema } from '@slipway/plugin-deployments-common';
import { createPlanContent } from '../__testUtils__/createPlanContent';
import { describePlanChange } from './describePlanChange';

const before = createPlanContent();
const OTHER_DIGEST = digestSchema.parse(`sha256:${'b'.repeat(64)}`);

describe('describePlanChange', () => {
  it('given one commit more, then it is told so', () => {
    const items = before.commits.items.slice(1);

    expect(
      describePlanChange(
        createPlanContent({ commits: { ...before.commits, items } }),
        before,
      ),
    ).toBe('1 commit added');
  });

  it('given another release that runs and other steps, then both are told', () => {
    const after = createPlanContent({
      from: { ...before.to, version: '2.13.5' },
      steps: [],
    });

    expect(describePlanChange(before, after)).toBe(
      'production now runs 2.13.5, 2 steps removed',
    );
  });

  it('given other words in the manifest alone, then that is told', () => {
    const after = createPlanContent({ manifest: OTHER_DIGEST });

    expect(describePlanChange(before, after)).toBe('the manifest changed');
  });

  it('given a change of a kind that has no words of its own, then it is still called a change', () => {
    const after = createPlanContent({ doesNotRevert: [] });

    expect(describePlanChange(before, after)).toBe('its details changed');
  });
});
