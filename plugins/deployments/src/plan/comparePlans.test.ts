import { digestSchema, PlanContent } from '@slipway/plugin-deployments-common';
import { COMMITS, planContent } from '../__testUtils__/fixtures';
import { comparePlans, differs } from './comparePlans';

describe('comparePlans', () => {
  it('given the same plan, then no section differs', () => {
    expect(comparePlans(planContent(), planContent()).filter(differs)).toEqual(
      [],
    );
  });

  it.each<[string, Partial<PlanContent>]>([
    ['manifest', { manifest: digestSchema.parse(`sha256:${'a'.repeat(64)}`) }],
    ['findings', { findings: [{ severity: 'info', message: 'new' }] }],
    ['doesNotRevert', { doesNotRevert: ['The database keeps 0042.'] }],
    [
      'approvals',
      {
        approvals: {
          ...planContent().approvals,
          quorums: [{ group: 'group:default/security', needed: 1 }],
        },
      },
    ],
    [
      'approvals',
      { approvals: { ...planContent().approvals, expiryMs: 3_600_000 } },
    ],
    [
      'gates',
      {
        gates: [
          {
            id: 'freeze:Release week',
            kind: 'freeze',
            title: 'Release week',
            tickable: false,
          },
        ],
      },
    ],
    ['approvals', { approvals: { needed: 0, groups: [], selfApproval: true } }],
    [
      'steps',
      {
        steps: planContent().steps.map(step => ({
          ...step,
          id: `other-${step.id}`,
        })),
      },
    ],
    [
      'migrations',
      {
        migrations: planContent().migrations.map(migration => ({
          ...migration,
          findings: [],
        })),
      },
    ],
  ])(
    'given only the %s changed, then exactly that differs',
    (section, part) => {
      expect(
        comparePlans(planContent(), planContent(part))
          .filter(differs)
          .map(comparison => comparison.section),
      ).toEqual([section]);
    },
  );

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
