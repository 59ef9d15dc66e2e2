import { StepStage } from '@slipway/plugin-deployments-common';

/** What becomes of a run when nothing is in its way; faults must change nothing of it. */
export const SCENARIOS = [
  'good',
  'fails-before-switch',
  'fails-after-switch',
  'rejected',
] as const;
export type Scenario = (typeof SCENARIOS)[number];

/** One step of the sample target. */
export type SampleStep = {
  id: string;
  title: string;
  switches: boolean;
  isUndone: boolean;
};

const step = (
  id: string,
  title: string,
  more: { switches?: boolean; isUndone?: boolean } = {},
): SampleStep => ({ id, title, switches: false, isUndone: false, ...more });

/** The steps of a deployment, and of the way back. */
export const STEPS: Record<StepStage, readonly SampleStep[]> = {
  main: [
    step('fetch', 'Fetch release', { isUndone: true }),
    step('unpack', 'Unpack release', { isUndone: true }),
    step('switch', 'Switch', { switches: true }),
    step('restart', 'Restart', { switches: true }),
    step('verify', 'Verify'),
  ],
  recover: [
    step('switch', 'Switch back', { switches: true }),
    step('restart', 'Restart', { switches: true }),
  ],
};

/** The step of a scenario that says no. */
export const FAILING: Record<Scenario, string | null> = {
  good: null,
  'fails-before-switch': 'unpack',
  'fails-after-switch': 'verify',
  rejected: null,
};

/** The phase in which a run of a scenario ends. */
export const END: Record<Scenario, 'succeeded' | 'failed' | 'rejected'> = {
  good: 'succeeded',
  'fails-before-switch': 'failed',
  'fails-after-switch': 'failed',
  rejected: 'rejected',
};

/** Effects of a run of a scenario in their order, by `stage:step`. */
export function listEffects(scenario: Scenario): string[] {
  if (scenario === 'rejected') {
    return [];
  }
  const ids = STEPS.main.map(({ id }) => id);
  const failing = FAILING[scenario];
  const main = failing === null ? ids : ids.slice(0, ids.indexOf(failing));
  const back = scenario === 'fails-after-switch' ? STEPS.recover : [];
  return [
    ...main.map(id => `main:${id}`),
    ...back.map(({ id }) => `recover:${id}`),
  ];
}

/**
 * Places of a run at which a replica can be struck, in the order in which a run comes by.
 *
 * @remarks
 *
 * `begin`, `half` and `done` lie before, within and after an effect; after `done`, nothing is recorded yet. A place that ends
 * with `write`, `writing` or `written` lies at the first write to the tables after it (`2.write` at the second): before
 * it, within its transaction, and after its commit.
 */
export function listPlaces(scenario: Scenario): string[] {
  if (scenario === 'rejected') {
    return [];
  }
  const before = ['claimed', 'plan', 'prepare'].flatMap(place =>
    withWrites(place),
  );
  return [...before, ...listStepPlaces(scenario), ...withWrites('observe')];
}

/** The places that only runs of this scenario come by, or that differ in what lies ahead. */
export function listOwnPlaces(scenario: Scenario): string[] {
  const places = listPlaces(scenario);
  const failing = FAILING[scenario];
  return failing === null
    ? places
    : places.slice(places.indexOf(`main:${failing}:half`));
}

function listStepPlaces(scenario: Scenario): string[] {
  const failing = FAILING[scenario];
  const places: string[] = [];
  for (const { id } of STEPS.main) {
    places.push(`main:${id}:begin`, `main:${id}:half`);
    places.push(...withWrites(`main:${id}:done`));
    if (id === failing) {
      // The failure is written to the log first.
      places.push(...withWrites(`main:${id}:done`, '2.').slice(1));
      break;
    }
  }
  if (scenario === 'fails-before-switch') {
    places.push('undo:unpack:begin', 'undo:unpack:done', 'undo:fetch:begin');
    places.push(...withWrites('undo:fetch:done'));
  }
  if (scenario === 'fails-after-switch') {
    for (const { id } of STEPS.recover) {
      places.push(`recover:${id}:begin`, `recover:${id}:half`);
      places.push(...withWrites(`recover:${id}:done`));
    }
  }
  return places;
}

function withWrites(place: string, turn = ''): string[] {
  return [
    place,
    ...['write', 'writing', 'written'].map(
      moment => `${place}>${turn}${moment}`,
    ),
  ];
}
