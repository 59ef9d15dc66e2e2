import fc from 'fast-check';
import { ProtectionSpec } from '@slipway/plugin-deployments-node';
import {
  countNeeded,
  groupOf,
  hasQuorum,
  strengthenProtection,
} from './strengthenProtection';

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

const DAY_MS = 86_400_000;

const approver = fc.oneof(
  fc.constantFrom(...GROUPS),
  fc.record({
    group: fc.constantFrom(...GROUPS),
    quorum: fc.integer({ min: 1, max: 3 }),
  }),
);

const named = fc.constantFrom('a', 'b');

const gates = fc.record(
  {
    approvalExpiry: fc.integer({ min: 1, max: 9 }).map(days => days * DAY_MS),
    freezes: fc.array(
      fc.record({
        name: named,
        reason: fc.constantFrom('x', 'y'),
        cron: fc.constant('0 0 * * *'),
        timeZone: fc.constant('UTC'),
        duration: fc.constant('1d'),
      }),
      { maxLength: 2 },
    ),
    soak: fc.integer({ min: 1, max: 9 }).map(days => days * DAY_MS),
    checks: fc.array(
      fc.record({
        name: named,
        kind: fc.constant('http'),
        parameters: fc.record({ url: fc.webUrl() }),
      }),
      { maxLength: 2 },
    ),
    checklist: fc.uniqueArray(
      fc.constantFrom('rollback-possible' as const, 'health-verified' as const),
    ),
    holdsRollback: fc.boolean(),
  },
  { requiredKeys: [] },
);

const whole = fc
  .tuple(
    fc.record({
      approvals: fc.nat(5),
      approvers: fc.uniqueArray(approver, { maxLength: 3, selector: groupOf }),
      selfApproval: fc.boolean(),
    }),
    gates,
  )
  .map(([people, rest]): ProtectionSpec => ({ ...people, ...rest }));

describe('strengthenProtection', () => {
  it('given any manifest and any minimums, then every gate of each is there, no wait is shorter and no expiry longer, and every quorum of a minimum stays', () => {
    fc.assert(
      fc.property(
        whole,
        fc.array(whole, { minLength: 1, maxLength: 3 }),
        (wanted, minimums) => {
          const strong = strengthenProtection({
            environment: 'production',
            connection: 'web-1',
            protection: wanted,
            minimum: minimums.map(least => ({
              ...least,
              environments: ['production'],
              connections: [],
            })),
          });

          for (const one of [wanted, ...minimums]) {
            expect(strong.soak ?? 0).toBeGreaterThanOrEqual(one.soak ?? 0);
            expect(strong.approvalExpiry ?? Infinity).toBeLessThanOrEqual(
              one.approvalExpiry ?? Infinity,
            );
            expect(Boolean(strong.holdsRollback)).toBe(
              strong.holdsRollback || Boolean(one.holdsRollback),
            );
            for (const { name: _, ...freeze } of one.freezes ?? []) {
              expect(strong.freezes).toContainEqual(
                expect.objectContaining(freeze),
              );
            }
            for (const { parameters } of one.checks ?? []) {
              expect(strong.checks).toContainEqual(
                expect.objectContaining({ parameters }),
              );
            }
            expect(strong.checklist ?? []).toEqual(
              expect.arrayContaining(one.checklist ?? []),
            );
          }
          for (const quorum of minimums.flatMap(least =>
            least.approvers.filter(hasQuorum),
          )) {
            const kept = strong.approvers
              .filter(hasQuorum)
              .find(({ group }) => group === quorum.group);
            expect(kept?.quorum).toBeGreaterThanOrEqual(quorum.quorum);
          }
          expect(countNeeded(strong)).toBeGreaterThanOrEqual(
            Math.max(...[wanted, ...minimums].map(countNeeded)),
          );
          for (const list of [strong.freezes, strong.checks]) {
            const names = (list ?? []).map(({ name }) => name);
            expect(new Set(names).size).toBe(names.length);
          }
        },
      ),
    );
  });

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
