import fc from 'fast-check';
import { strengthenProtection } from './strengthenProtection';

const GROUPS = ['group:default/a', 'group:default/b', 'group:default/c'];

const protection = fc.record({
  approvals: fc.nat(5),
  approvers: fc.subarray(GROUPS),
  selfApproval: fc.boolean(),
});
const minimum = fc.array(
  fc.record({
    environments: fc.subarray(['staging', 'production']),
    connections: fc.subarray(['web-1', 'web-2']),
    approvals: fc.nat(5),
    approvers: fc.subarray(GROUPS),
    selfApproval: fc.boolean(),
  }),
  { maxLength: 3 },
);

describe('strengthenProtection', () => {
  it('given any manifest and any minimum, then the result is never weaker than either in approvals and self-approval', () => {
    fc.assert(
      fc.property(protection, minimum, (wanted, rules) => {
        const strong = strengthenProtection({
          environment: 'production',
          connection: 'web-1',
          protection: wanted,
          minimum: rules,
        });
        const applying = rules.filter(
          ({ environments, connections }) =>
            environments.includes('production') ||
            connections.includes('web-1'),
        );
        for (const least of [wanted, ...applying]) {
          expect(strong.approvals).toBeGreaterThanOrEqual(least.approvals);
          expect(!strong.selfApproval || least.selfApproval).toBe(true);
        }
      }),
    );
  });

  it('given any manifest and one minimum with approvers, then nobody else can approve', () => {
    fc.assert(
      fc.property(
        protection,
        fc.subarray(GROUPS, { minLength: 1 }),
        (wanted, approvers) => {
          const strong = strengthenProtection({
            environment: 'production',
            connection: 'web-1',
            protection: wanted,
            minimum: [
              {
                environments: ['production'],
                connections: [],
                approvals: 1,
                approvers,
                selfApproval: false,
              },
            ],
          });
          expect(strong.approvers.length).toBeGreaterThan(0);
          for (const group of strong.approvers) {
            expect(approvers).toContain(group);
          }
        },
      ),
    );
  });

  it('given a minimum for other environments and connections, then nothing changes', () => {
    fc.assert(
      fc.property(protection, wanted => {
        expect(
          strengthenProtection({
            environment: 'staging',
            connection: 'web-1',
            protection: wanted,
            minimum: [
              {
                environments: ['production'],
                connections: ['web-2'],
                approvals: 9,
                approvers: GROUPS,
                selfApproval: false,
              },
            ],
          }),
        ).toEqual(wanted);
      }),
    );
  });
});
