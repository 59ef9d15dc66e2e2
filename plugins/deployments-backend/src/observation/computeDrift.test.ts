import {
  digestSchema,
  ObservedState,
  Release,
  releaseSchema,
} from '@slipway/plugin-deployments-common';
import { computeDrift } from './computeDrift';

const digest = (digit: string) =>
  digestSchema.parse(`sha256:${digit.repeat(64)}`);

const deployed: Release = releaseSchema.parse({
  id: '6f2c1e0a-2d5b-4c39-9d63-0c1a2b3c4d52',
  serviceRef: 'component:default/shop',
  version: '2.0.0',
  commit: {
    id: '2'.repeat(40),
    subject: 'Add pay',
    author: 'Ana',
    committedAt: '2026-11-20T10:00:00.000Z',
  },
  artifacts: [{ type: 'archive', digest: digest('2'), sizeBytes: 1 }],
  createdAt: '2026-11-20T10:00:00.000Z',
});

type Reached = Extract<ObservedState, { reach: 'reached' }>;

function observe(overrides: Partial<Reached> = {}): Reached {
  return {
    reach: 'reached',
    askedAt: '2026-11-20T11:00:00.000Z',
    release: {
      id: deployed.id,
      version: deployed.version,
      commitId: deployed.commit.id,
      digest: digest('2'),
    },
    health: 'healthy',
    healthReason: null,
    processes: [],
    desiredProcesses: null,
    keptReleases: [],
    url: null,
    ...overrides,
  };
}

function createProcess(status: Reached['processes'][number]['status']) {
  return {
    name: 'web',
    status,
    restarts: null,
    cpuPercent: null,
    memoryBytes: null,
    startedAt: null,
  };
}

describe('computeDrift', () => {
  it('given that what was deployed runs, then there is none', () => {
    expect(computeDrift({ deployed, observed: observe() })).toEqual([]);
  });

  it('given another release, or none, then that is drift (P2)', () => {
    const other = {
      id: null,
      version: 'by hand',
      commitId: null,
      digest: null,
    };
    expect(
      computeDrift({ deployed, observed: observe({ release: other }) }),
    ).toEqual([{ what: 'release', expected: '2.0.0', actual: 'by hand' }]);
    expect(
      computeDrift({ deployed, observed: observe({ release: null }) }),
    ).toEqual([{ what: 'release', expected: '2.0.0', actual: 'nothing' }]);
  });

  it('given the release with another content, then that is drift', () => {
    const { release } = observe();
    const changed = release && { ...release, digest: digest('3') };

    expect(
      computeDrift({ deployed, observed: observe({ release: changed }) }),
    ).toEqual([
      { what: 'artifact', expected: digest('2'), actual: digest('3') },
    ]);
  });

  it('given fewer processes than wanted, then that is drift', () => {
    expect(
      computeDrift({
        deployed,
        observed: observe({
          desiredProcesses: 2,
          processes: [createProcess('running'), createProcess('failed')],
        }),
      }),
    ).toEqual([{ what: 'processes', expected: '2', actual: '1' }]);
  });

  it('given a target that was not reached, or nothing deployed, then nothing can be said', () => {
    expect(
      computeDrift({
        deployed,
        observed: {
          reach: 'unreachable',
          askedAt: '2026-11-20T11:00:00.000Z',
          message: 'refused',
          mend: null,
        },
      }),
    ).toEqual([]);
    expect(computeDrift({ deployed, observed: null })).toEqual([]);
    expect(computeDrift({ deployed: null, observed: observe() })).toEqual([]);
  });
});
