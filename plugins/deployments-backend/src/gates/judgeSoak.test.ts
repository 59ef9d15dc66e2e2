import {
  ObservedState,
  releaseIdSchema,
} from '@slipway/plugin-deployments-common';
import { judgeSoak } from './judgeSoak';

const AT = new Date('2026-11-20T10:00:00.000Z');
const HOUR_MS = 3_600_000;
const ID = releaseIdSchema.parse('6f2c1e0a-2d5b-4c39-9d63-0c1a2b3c4d51');

function judge(health: Extract<ObservedState, { reach: 'reached' }>['health']) {
  return judgeSoak({
    soakMs: HOUR_MS,
    release: { id: ID, version: '1.0.0' },
    origin: 'staging',
    observed: {
      reach: 'reached',
      askedAt: AT.toISOString(),
      release: { id: ID, version: '1.0.0', commitId: null, digest: null },
      health,
      healthReason: null,
      processes: [],
      desiredProcesses: null,
      keptReleases: [],
      url: null,
    },
    serving: {
      releaseId: ID,
      servedMs: 2 * HOUR_MS,
      askedAt: AT.toISOString(),
      setback: null,
    },
    at: AT,
  });
}

describe('judgeSoak (A2.1)', () => {
  it('given a release that has served for long enough and is healthy, then the gate is open', () => {
    expect(judge('healthy')).toMatchObject({ state: 'open' });
  });

  it.each(['unknown', 'unhealthy', 'degraded'] as const)(
    'given one whose health is %s by now, then the run waits',
    health => {
      expect(judge(health)).toMatchObject({
        state: 'waiting',
        reason: expect.stringContaining(`its health is ${health}`),
      });
    },
  );
});
