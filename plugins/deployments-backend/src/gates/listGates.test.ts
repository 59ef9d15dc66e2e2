import { PlanContent, PlannedGate } from '@slipway/plugin-deployments-common';
import { protectionSchema } from '@slipway/plugin-deployments-node';
import fc from 'fast-check';
import { hasSameGates, listGates } from './listGates';

const DIRECTIONS = ['forward', 'backward', 'unrelated', 'first'] as const;

const CHECKLIST = [{ id: 'told', title: 'Operations are told' }];

function count(
  operation: PlanContent['operation'],
  commits: Partial<PlanContent['commits']>,
  holdsRollback = false,
): number {
  return listGates(
    protectionSchema.parse({ checklist: CHECKLIST, holdsRollback }),
    {
      operation,
      commits: { direction: 'forward', items: [], total: 0, ...commits },
    },
  ).length;
}

describe('listGates', () => {
  it.each(DIRECTIONS)(
    'given a deployment or a promotion %s, then the gates hold it',
    direction => {
      expect(count('deploy', { direction, total: 1 })).toBe(1);
      expect(count('promote', { direction, total: 1 })).toBe(1);
    },
  );

  it.each<[string, Partial<PlanContent['commits']>]>([
    ['to what was there before', { direction: 'backward', total: 2 }],
    ['to the same commit', { direction: 'forward', total: 0 }],
    ['to where the history does not lead', { direction: 'unrelated' }],
    ['from what is not known', { direction: 'first', total: 3 }],
  ])(
    'given a rollback %s, then nothing holds it, unless the manifest wants it held',
    (_, commits) => {
      expect(count('rollback', commits)).toBe(0);
      expect(count('rollback', commits, true)).toBe(1);
    },
  );

  it('given a rollback that goes forward, then the gates hold it as they hold what it is: a deployment', () => {
    expect(count('rollback', { direction: 'forward', total: 1 })).toBe(1);
  });
});

describe('hasSameGates', () => {
  const gate = fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd'),
    kind: fc.constant('checklist' as const),
    title: fc.string(),
    tickable: fc.boolean(),
  });
  const gates = fc.uniqueArray(gate, { selector: ({ id }) => id });

  it('given gates in another order and of other titles, then they are the same', () => {
    fc.assert(
      fc.property(gates, list => {
        const other = list
          .map((one): PlannedGate => ({ ...one, title: 'Another' }))
          .reverse();
        expect(hasSameGates(list, other)).toBe(true);
      }),
    );
  });

  it('given one gate more, or one that a person does not answer any more, then they are not', () => {
    fc.assert(
      fc.property(gates, gate, (list, more) => {
        const rest = list.filter(({ id }) => id !== more.id);
        const all = [...rest, more];
        expect(hasSameGates(rest, all)).toBe(false);
        expect(hasSameGates(all, rest)).toBe(false);
        expect(
          hasSameGates(all, [...rest, { ...more, tickable: !more.tickable }]),
        ).toBe(false);
      }),
    );
  });
});
