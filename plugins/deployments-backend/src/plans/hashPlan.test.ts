import { PlanContent } from '@slipway/plugin-deployments-common';
import { protectionSchema } from '@slipway/plugin-deployments-node';
import fc from 'fast-check';
import { createPlanContent } from '../__testUtils__/createPlanContent';
import { hashPlan, toCanonicalJson } from './hashPlan';

/** The same value, with the members of its objects in another order. */
function shuffle(
  value: unknown,
  order: (names: string[]) => string[],
): unknown {
  if (Array.isArray(value)) {
    return value.map(item => shuffle(item, order));
  }
  if (typeof value === 'object' && value !== null) {
    const entries = new Map(Object.entries(value));
    return Object.fromEntries(
      order([...entries.keys()]).map(name => [
        name,
        shuffle(entries.get(name), order),
      ]),
    );
  }
  return value;
}

/** Every way to change one thing of a value: its paths, each with a changed copy. */
function* changesOf(value: unknown): Iterable<unknown> {
  if (Array.isArray(value)) {
    yield [...value, 'more'];
    for (const [i, item] of value.entries()) {
      for (const changed of changesOf(item)) {
        yield value.with(i, changed);
      }
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      for (const changed of changesOf(item)) {
        yield { ...value, [name]: changed };
      }
    }
  } else {
    yield typeof value === 'number' ? value + 1 : `${value}!`;
    yield typeof value === 'boolean' ? !value : { wrapped: value };
  }
}

describe('hashPlan', () => {
  it('given the members of a plan in any order, then its hash is the same', () => {
    const content = createPlanContent();
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), ranks => {
        const shuffled = shuffle(content, names =>
          names
            .map(name => ({ name, rank: ranks.next().value }))
            .sort((a, b) => a.rank - b.rank)
            .map(({ name }) => name),
        );
        expect(hashPlan(shuffled as PlanContent)).toBe(hashPlan(content));
      }),
    );
  });

  it('given any one change of a plan, however deep, then its hash is another', () => {
    const content = createPlanContent();
    const hashes = [content, ...changesOf(content)].map(changed =>
      hashPlan(changed as PlanContent),
    );

    expect(hashes.length).toBeGreaterThan(60);
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});

describe('toCanonicalJson', () => {
  it('given any two values, then their texts are the same exactly if the values are', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const isSame = toCanonicalJson(a) === toCanonicalJson(b);
        const parse = (value: unknown) => JSON.parse(JSON.stringify(value));
        let isEqual = true;
        try {
          expect(parse(a)).toEqual(parse(b));
        } catch {
          isEqual = false;
        }
        expect(isSame).toBe(isEqual);
      }),
    );
  });

  it('given any value, then its text is JSON of that value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        expect(JSON.stringify(JSON.parse(toCanonicalJson(value)))).toBe(
          toCanonicalJson(value),
        );
      }),
    );
  });
});

describe('the protection that a manifest’s digest covers', () => {
  it('given a manifest that says nothing of gates, then it is as it was before there were any: plans that people approved keep their hash', () => {
    expect(
      toCanonicalJson(
        protectionSchema.parse({ approvals: 1, approvers: ['ops'] }),
      ),
    ).toBe('{"approvals":1,"approvers":["ops"],"selfApproval":false}');
  });
});
