import { RequestRecord, Records, RunRow, WorldEvent } from './records';
import { END, listEffects, STEPS } from './scenarios';

/** What must not happen, whatever else does. */
export const CHECKS = [
  'runs lost',
  'effects doubled',
  'steps skipped',
  'environments held by two',
  'environments left locked',
  'order broken',
] as const;
export type Check = (typeof CHECKS)[number];

/** What was found of each, a sentence a violation. */
export type Findings = Record<Check, string[]>;

/** All effects that a run can have, in the order of their steps. */
const EFFECTS = (['main', 'recover'] as const).flatMap(stage =>
  STEPS[stage].map(({ id }) => `${stage}:${id}`),
);

type EffectEvent = Extract<WorldEvent, { effect: string }>;

/**
 * Judges what was recorded, outside of the database and in its tables. How each is counted is told in `docs/certificate.md`.
 */
export function checkRecords(records: Records): Findings {
  const superseded = findSuperseded(records.events);
  return {
    'runs lost': findLost(records),
    'effects doubled': findDoubled(records.events, superseded),
    'steps skipped': findSkipped(records),
    'environments held by two': [
      ...findShared(records.events, superseded),
      ...findOverlaps(records.runs),
    ],
    'environments left locked': findLocked(records),
    'order broken': [
      ...findStepsOutOfOrder(records.events, superseded),
      ...findRunsOutOfOrder(records),
      ...findTicketsOutOfOrder(records),
    ],
  };
}

/**
 * Events of workers whose run another one had been given before: such a worker was stopped and came back. Of two claims
 * the later one has the higher fence, whichever of them is heard of first.
 */
export function findSuperseded(
  events: readonly WorldEvent[],
): ReadonlySet<WorldEvent> {
  const holders = new Map<string, { worker: string; fence: number }>();
  const superseded = new Set<WorldEvent>();
  for (const event of events) {
    const holder = holders.get(event.runId);
    if (event.what === 'claimed' && event.fence > (holder?.fence ?? 0)) {
      holders.set(event.runId, event);
    } else if (holder?.worker !== event.worker) {
      superseded.add(event);
    }
  }
  return superseded;
}

function findLost({ requests, runs }: Records): string[] {
  const lost = requests
    .filter(
      ({ number, runId }) =>
        !runs.some(
          run => run.number === number && (!runId || run.id === runId),
        ),
    )
    .map(({ number }) => `request ${number}: there is no run`);
  for (const run of runs) {
    const request = findRequest(requests, run);
    const expected = request && END[request.scenario];
    if (!run.finishedAt) {
      lost.push(`run ${run.id} is still ${run.phase}`);
    } else if (run.phase !== expected) {
      lost.push(
        `run ${run.id} ended ${run.phase} instead of ${expected}: ${run.outcome}`,
      );
    }
  }
  return lost;
}

/**
 * An effect that had been begun may be begun again only by a worker that asked the target about it since, and was told
 * that it did not take hold.
 */
function findDoubled(
  events: readonly WorldEvent[],
  superseded: ReadonlySet<WorldEvent>,
): string[] {
  const doubled: string[] = [];
  for (const [key, ofEffect] of groupBy(events.filter(isOfEffect), keyOf)) {
    let isBegun = false;
    let isDone = false;
    let mayBegin: string | null = null;
    for (const event of ofEffect) {
      if (event.what === 'done' && !event.wasDone) {
        if (isDone) {
          doubled.push(`${key} took hold twice`);
        }
        isDone = true;
      }
      if (superseded.has(event)) {
        continue;
      }
      if (event.what === 'asked') {
        mayBegin = event.wasDone ? null : event.worker;
      } else if (event.what === 'begun') {
        if (isBegun && mayBegin !== event.worker) {
          doubled.push(`${key} was begun again by ${event.worker}`);
        }
        isBegun = true;
        mayBegin = null;
      }
    }
  }
  return [...doubled, ...findBusyGhosts(events, superseded)];
}

/** A worker that was stopped just before an effect cannot know that it lost its run; before a second one it has to. */
function findBusyGhosts(
  events: readonly WorldEvent[],
  superseded: ReadonlySet<WorldEvent>,
): string[] {
  const late = events
    .filter(isOfEffect)
    .filter(event => event.what === 'begun' && superseded.has(event));
  return [...groupBy(late, ({ worker, runId }) => `${worker} ${runId}`)]
    .filter(([, begun]) => begun.length > 1)
    .map(([ghost]) => `${ghost}: it went on after it had lost its run`);
}

function findSkipped({ events, requests, runs, steps }: Records): string[] {
  const done = new Set(
    events
      .filter(isOfEffect)
      .filter(({ what }) => what === 'done')
      .map(keyOf),
  );
  const stepsOf = groupBy(steps, ({ runId }) => runId);
  return runs.flatMap(run => {
    const request = findRequest(requests, run);
    if (!request || !run.finishedAt) {
      return [];
    }
    const recorded = new Map(
      (stepsOf.get(run.id) ?? []).map(({ effect, status }) => [effect, status]),
    );
    return listEffects(request.scenario).flatMap(effect => {
      const key = `${run.id} ${effect}`;
      const status = recorded.get(effect);
      return [
        ...(done.has(key) ? [] : [`${key} never took hold`]),
        ...(status === 'succeeded' || status === 'undone'
          ? []
          : [`${key} is recorded as ${status}`]),
      ];
    });
  });
}

/** By what was seen: once another run has begun something in an environment, the one before it does nothing there any more. */
function findShared(
  events: readonly WorldEvent[],
  superseded: ReadonlySet<WorldEvent>,
): string[] {
  const acts = events
    .filter(isOfEffect)
    .filter(event =>
      event.what === 'done'
        ? !event.wasDone
        : event.what !== 'asked' && !superseded.has(event),
    );
  return [...groupBy(acts, ({ environment }) => environment)].flatMap(
    ([environment, inEnvironment]) => {
      const left = new Set<string>();
      let present: string | null = null;
      return inEnvironment.flatMap(({ runId }) => {
        if (present !== null && present !== runId) {
          left.add(present);
        }
        present = runId;
        return left.has(runId)
          ? [`${environment}: ${runId} acted after the next run had begun`]
          : [];
      });
    },
  );
}

/** By the tables: a run begins in an environment once the one before it is finished. */
function findOverlaps(runs: readonly RunRow[]): string[] {
  return [...groupBy(runs, ({ environment }) => environment)].flatMap(
    ([environment, inEnvironment]) =>
      pairs(listStarted(inEnvironment))
        .filter(
          ([before, after]) =>
            !before.finishedAt || before.finishedAt > after.startedAt,
        )
        .map(
          ([before, after]) =>
            `${environment}: ${after.id} began before ${before.id} was finished`,
        ),
  );
}

function findLocked({ environments, runs }: Records): string[] {
  return [
    ...environments
      .filter(({ heldBy }) => heldBy !== null)
      .map(({ environment, heldBy }) => `${environment} is held by ${heldBy}`),
    ...runs
      .filter(({ claimedBy }) => claimedBy !== null)
      .map(({ id, claimedBy }) => `${id} is claimed by ${claimedBy}`),
  ];
}

/** Effects of a run take hold in the order of its steps, and none is begun before the one before it took hold. */
function findStepsOutOfOrder(
  events: readonly WorldEvent[],
  superseded: ReadonlySet<WorldEvent>,
): string[] {
  return [...groupBy(events.filter(isOfEffect), ({ runId }) => runId)].flatMap(
    ([runId, ofRun]) => {
      let last = -1;
      return ofRun.flatMap(event => {
        const isLate = event.what === 'begun' && superseded.has(event);
        if (isLate || (event.what !== 'begun' && event.what !== 'done')) {
          return [];
        }
        const place = EFFECTS.indexOf(event.effect);
        const isInOrder =
          event.what === 'done' || event.wasDone
            ? place <= last + 1 || isFirstOfWayBack(event.effect)
            : place === last + 1 || isFirstOfWayBack(event.effect);
        if (event.what === 'done' && !event.wasDone) {
          last = place;
        }
        return isInOrder ? [] : [`${runId}: ${event.effect} out of its turn`];
      });
    },
  );
}

/** First in, first out: runs begin in an environment in the order of their tickets. */
function findRunsOutOfOrder({ runs, events }: Records): string[] {
  const firstActs = new Map<string, number>();
  for (const [index, event] of events.entries()) {
    if (event.what === 'begun' && !firstActs.has(event.runId)) {
      firstActs.set(event.runId, index);
    }
  }
  return [...groupBy(runs, ({ environment }) => environment)].flatMap(
    ([environment, inEnvironment]) => {
      const acted = inEnvironment
        .filter(({ id, ticket }) => ticket !== null && firstActs.has(id))
        .sort((a, b) => (a.ticket ?? 0) - (b.ticket ?? 0));
      return pairs(acted)
        .filter(
          ([before, after]) =>
            (firstActs.get(before.id) ?? 0) > (firstActs.get(after.id) ?? 0),
        )
        .map(([, after]) => `${environment}: ${after.id} jumped the queue`);
    },
  );
}

/** First come, first in: a run that was in the queue before another was asked for has the lower ticket. */
function findTicketsOutOfOrder({ requests, runs }: Records): string[] {
  const queued = runs.flatMap(run => {
    const since = findRequest(requests, run)?.queued;
    return since && run.ticket !== null
      ? [{ ...run, ...since, ticket: run.ticket }]
      : [];
  });
  return [...groupBy(queued, ({ environment }) => environment)].flatMap(
    ([environment, inEnvironment]) =>
      inEnvironment.flatMap(late =>
        inEnvironment
          .filter(
            early =>
              early.notAfter < late.notBefore && early.ticket > late.ticket,
          )
          .map(early => `${environment}: ${late.id} got in before ${early.id}`),
      ),
  );
}

/** The way back begins after whichever step failed. */
function isFirstOfWayBack(effect: string): boolean {
  return effect === `recover:${STEPS.recover[0].id}`;
}

function listStarted(runs: readonly RunRow[]) {
  return runs
    .flatMap(run =>
      run.startedAt ? [{ ...run, startedAt: run.startedAt }] : [],
    )
    .sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
}

function findRequest(
  requests: readonly RequestRecord[],
  run: RunRow,
): RequestRecord | undefined {
  return requests.find(({ number }) => number === run.number);
}

function isOfEffect(event: WorldEvent): event is EffectEvent {
  return 'effect' in event;
}

function keyOf({ runId, effect }: EffectEvent): string {
  return `${runId} ${effect}`;
}

function groupBy<T>(
  items: readonly T[],
  keyOfItem: (item: T) => string,
): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOfItem(item);
    const group = groups.get(key);
    if (group) {
      group.push(item);
    } else {
      groups.set(key, [item]);
    }
  }
  return groups;
}

/** Each item with the one after it. */
function pairs<T>(items: readonly T[]): Array<[T, T]> {
  return items.slice(1).map((item, index) => [items[index], item]);
}
