import { COMMITS, planContent } from '../__testUtils__/fixtures';
import { comparePlans, differs } from './comparePlans';

describe('comparePlans', () => {
  it('given the same plan, then no section differs', () => {
    expect(comparePlans(planContent(), planContent()).filter(differs)).toEqual(
      [],
    );
  });

  it('given a commit more and a configuration name less, then exactly those are named', () => {
    const [newest, ...rest] = COMMITS;
    const changed = comparePlans(
      planContent({
        commits: { direction: 'forward', items: rest, total: rest.length },
      }),
      planContent({ configuration: planContent().configuration.slice(1) }),
    ).filter(differs);

    expect(changed).toMatchObject([
      {
        section: 'commits',
        onlyFirst: [],
        onlySecond: [expect.stringContaining(newest.subject)],
      },
      {
        section: 'configuration',
        onlyFirst: ['DELIVERY_API_URL added'],
        onlySecond: [],
      },
    ]);
  });
});
