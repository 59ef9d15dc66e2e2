import {
  ObservedState,
  Release,
  releaseIdSchema,
} from '@slipway/plugin-deployments-common';
import fc from 'fast-check';
import { Serving } from '../stores';
import { countServing } from './recordServing';

const MINUTE_MS = 60_000;
const MAX_GAP_MS = 5 * MINUTE_MS;
const START = Date.parse('2026-11-20T10:00:00.000Z');

const IDS = ['1', '2'].map(digit =>
  releaseIdSchema.parse(`6f2c1e0a-2d5b-4c39-9d63-0c1a2b3c4d5${digit}`),
);

type Look = {
  afterMs: number;
  release: 0 | 1;
  answer: 'healthy' | 'degraded' | 'unhealthy' | 'unknown' | 'unreachable';
  drifted: boolean;
};

const look: fc.Arbitrary<Look> = fc.record({
  afterMs: fc.integer({ min: 1, max: 2 * MAX_GAP_MS }),
  release: fc.constantFrom(0, 1),
  answer: fc.constantFrom(
    'healthy',
    'healthy',
    'healthy',
    'degraded',
    'unhealthy',
    'unknown',
    'unreachable',
  ),
  drifted: fc.boolean(),
});

function toState(
  { release, answer, drifted }: Look,
  at: number,
): ObservedState {
  const askedAt = new Date(at).toISOString();
  return answer === 'unreachable'
    ? { reach: 'unreachable', askedAt, message: 'away', mend: null }
    : {
        reach: 'reached',
        askedAt,
        release: {
          id: IDS[release],
          version: `1.0.${release}`,
          commitId: null,
          digest: null,
        },
        health: answer,
        healthReason: null,
        processes: [],
        desiredProcesses: drifted ? 3 : null,
        keptReleases: [],
        url: null,
      };
}

function deployedOf({ release }: Look): Release {
  return {
    id: IDS[release],
    version: `1.0.${release}`,
    artifacts: [],
  } as unknown as Release;
}

/** All that is known after some looks. */
function replay(looks: readonly Look[]): Serving | undefined {
  let at = START;
  let serving: Serving | undefined;
  for (const one of looks) {
    at += one.afterMs;
    serving = countServing({
      before: serving,
      observed: toState(one, at),
      deployed: deployedOf(one),
      maxGapMs: MAX_GAP_MS,
    });
  }
  return serving;
}

const isKnown = ({ answer }: Look) =>
  answer !== 'unknown' && answer !== 'unreachable';
const isGood = ({ answer, drifted }: Look) => answer === 'healthy' && !drifted;

describe('countServing', () => {
  it('given any looks, then what counts is never more than the time since the last trouble, or the last other release', () => {
    fc.assert(
      fc.property(fc.array(look, { minLength: 1, maxLength: 30 }), looks => {
        const serving = replay(looks);
        const known = looks
          .map((one, i) => ({ one, i }))
          .filter(({ one }) => isKnown(one));
        const last = known.at(-1);
        const running = last && isGood(last.one) ? last : undefined;
        const breaks = known.filter(
          ({ one }) => !isGood(one) || one.release !== running?.one.release,
        );
        const since = (breaks.at(-1)?.i ?? -1) + 1;
        const elapsed = looks
          .slice(since + 1, (running?.i ?? -1) + 1)
          .reduce((sum, { afterMs }) => sum + Math.min(afterMs, MAX_GAP_MS), 0);

        expect(serving?.releaseId).toBe(
          running ? IDS[running.one.release] : null,
        );
        expect(serving?.servedMs).toBeLessThanOrEqual(elapsed);
      }),
    );
  });

  it('given a release that is always found well, then all the time counts', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: MAX_GAP_MS }), {
          minLength: 1,
          maxLength: 30,
        }),
        gaps => {
          const looks = gaps.map((afterMs): Look => ({
            afterMs,
            release: 0,
            answer: 'healthy',
            drifted: false,
          }));

          expect(replay(looks)?.servedMs).toBe(
            gaps.slice(1).reduce((sum, gap) => sum + gap, 0),
          );
        },
      ),
    );
  });

  it('given a release that was unhealthy, then it is said when', () => {
    expect(
      replay([
        { afterMs: 1, release: 0, answer: 'unhealthy', drifted: false },
        { afterMs: 1, release: 0, answer: 'healthy', drifted: false },
      ]),
    ).toMatchObject({
      servedMs: 0,
      setback: 'It was unhealthy at 2026-11-20T10:00:00.001Z.',
    });
  });
});
