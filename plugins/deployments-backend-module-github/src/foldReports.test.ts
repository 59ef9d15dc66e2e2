import fc from 'fast-check';
import { foldReports } from './foldReports';
import { Report } from './Report';

const NAMES = ['build', 'lint', 'e2e'];
const APPS = ['github-actions', 'mallory'];

/** Check runs of two apps and statuses, each with a number of its own. */
const reportsArbitrary = fc
  .uniqueArray(fc.nat(1_000), { maxLength: 30 })
  .chain(ids => fc.tuple(...ids.map(id => reportArbitrary(id))));

function reportArbitrary(id: number): fc.Arbitrary<Report> {
  return fc
    .record({
      app: fc.constantFrom(...APPS, null),
      name: fc.constantFrom(...NAMES),
      state: fc.constantFrom('green' as const, 'green', 'pending', 'red'),
    })
    .map(({ app, name, state }) => ({
      kind: app === null ? 'commit-status' : 'check-run',
      id,
      app,
      name,
      state,
      said: `said ${id}`,
    }));
}

const parametersArbitrary = fc.record(
  {
    required: fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1 }),
    app: fc.constantFrom(...APPS),
  },
  { requiredKeys: [] },
);

describe('many reports make one result', () => {
  it('passes if and only if there is something, all that is required is there, and the newest of every reporter is green', () => {
    fc.assert(
      fc.property(reportsArbitrary, parametersArbitrary, (reports, wanted) => {
        const { required, app } = wanted;
        const heard = reports.filter(
          report =>
            (app === undefined || report.app === app) &&
            (required === undefined || required.includes(report.name)),
        );
        const newest = heard.filter(report =>
          heard.every(
            other =>
              other.app !== report.app ||
              other.name !== report.name ||
              other.id <= report.id,
          ),
        );
        const { state } = foldReports(reports, wanted);

        expect(state === 'failed').toBe(
          newest.some(report => report.state === 'red'),
        );
        expect(state === 'passed').toBe(
          newest.every(report => report.state === 'green') &&
            (required ?? [undefined]).every(name =>
              newest.some(report => name === undefined || report.name === name),
            ),
        );
      }),
    );
  });

  it('comes out the same in whatever order, and however often, they are read', () => {
    fc.assert(
      fc.property(
        reportsArbitrary.chain(reports =>
          fc.tuple(
            fc.constant(reports),
            fc.shuffledSubarray([...reports, ...reports], {
              minLength: reports.length * 2,
            }),
          ),
        ),
        parametersArbitrary,
        ([reports, shuffled], wanted) => {
          expect(foldReports(shuffled, wanted)).toEqual(
            foldReports(reports, wanted),
          );
        },
      ),
    );
  });

  it('given any names, then the reason is a line of at most 500 characters, and no name ends its quotes', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            name: fc.string({ unit: 'binary', maxLength: 300 }),
            said: fc.string({ unit: 'binary', maxLength: 300 }),
          }),
          { minLength: 1, maxLength: 8 },
        ),
        texts => {
          const { reason } = foldReports(
            texts.map((text, id) => ({
              kind: 'check-run',
              id,
              app: 'mallory',
              state: 'red',
              ...text,
            })),
            {},
          );
          expect([...reason].length).toBeLessThanOrEqual(500);
          expect(reason).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
          expect(reason.split('`').length % 2).toBe(1);
          expect(reason).toMatch(/^Not green: `[^`]+` \([^`]+\)/);
        },
      ),
    );
  });

  it('given more red checks than can be read, then the reason names some and counts the others', () => {
    const reports = ['a', 'b', 'c', 'd', 'e', 'f'].map((name, id): Report => ({
      kind: 'check-run',
      id,
      name,
      app: 'github-actions',
      state: 'red',
      said: 'failure',
    }));

    expect(foldReports(reports, {})).toEqual({
      state: 'failed',
      reason:
        'Not green: `a` (failure), `b` (failure), `c` (failure), `d` (failure) and 2 more.',
    });
  });
});
