import { Check, checkRecords, CHECKS } from './check';
import { Records, RunRow, WorldEvent } from './records';
import { listEffects, Scenario, STEPS } from './scenarios';

const STEP_IDS = STEPS.main.map(({ id }) => `main:${id}`);

const JOB = { job: 'job', retries: 0 };

const SHOP = 'component:default/shop';

type Doctored = {
  events: WorldEvent[];
  requests: Records['requests'][number][];
  runs: RunRow[];
  steps: Records['steps'][number][];
  environments: Records['environments'][number][];
};

/** What a run does that nothing gets in the way of, all by one worker. */
function act(run: string, worker: string, scenario: Scenario): WorldEvent[] {
  const by = { worker, runId: run, environment: SHOP, at: 0 };
  return [
    { ...by, what: 'claimed', fence: 1, ...JOB },
    ...listEffects(scenario).flatMap((effect): WorldEvent[] => [
      { ...by, what: 'begun', effect, wasDone: false },
      { ...by, what: 'done', effect, wasDone: false },
    ]),
    { ...by, what: 'released' },
  ];
}

const time = (minute: number) =>
  new Date(Date.UTC(2026, 10, 21, 10, minute)).toISOString();

/** Three runs of one environment, one after the other, the way it has to be. */
function createSound(): Doctored {
  const scenarios: Scenario[] = ['good', 'fails-after-switch', 'good'];
  const runs = scenarios.map((scenario, index) => ({
    id: `run-${index + 1}`,
    number: index + 1,
    scenario,
    environment: SHOP,
    phase: scenario === 'good' ? 'succeeded' : 'failed',
    ticket: index + 1,
    startedAt: time(index * 2),
    finishedAt: time(index * 2 + 1),
    claimedBy: null,
    outcome: null,
  }));
  return {
    events: runs.flatMap(({ id, number, scenario }) =>
      act(id, `r1/${number}`, scenario),
    ),
    requests: runs.map(({ id, number, scenario }) => ({
      number,
      environment: SHOP,
      scenario,
      runId: id,
      queued: { notBefore: number * 10, notAfter: number * 10 + 5 },
    })),
    runs: runs.map(({ scenario: _, ...run }) => run),
    steps: runs.flatMap(({ id, scenario }) =>
      listEffects(scenario).map((effect, position) => ({
        runId: id,
        position,
        effect,
        status: 'succeeded',
      })),
    ),
    environments: [{ environment: SHOP, heldBy: null }],
  };
}

/** Where an act of the first run lies among the events. */
function find(of: Doctored, what: WorldEvent['what'], effect: string): number {
  return of.events.findIndex(
    event =>
      event.what === what && 'effect' in event && event.effect === effect,
  );
}

/** Has another worker take the first run over just after an act. */
function takeOver(of: Doctored, after: number, worker: string): void {
  const { runId, environment } = of.events[after];
  const by = { worker, runId, environment, at: 0 };
  of.events.splice(after + 1, 0, { ...by, what: 'claimed', fence: 2, ...JOB });
  of.events = of.events.map((event, index) =>
    index > after + 1 && event.runId === runId ? { ...event, worker } : event,
  );
}

const repeat = (
  of: Doctored,
  what: 'begun' | 'done' | 'asked',
  more: { at: number; worker: string; wasDone: boolean },
) => {
  const { at, ...rest } = more;
  const { environment, runId } = of.events[0];
  of.events.splice(at, 0, {
    at: 0,
    environment,
    runId,
    what,
    effect: 'main:fetch',
    ...rest,
  });
};

describe('the checks of the certificate', () => {
  it('given runs that went as they have to, then nothing is found', () => {
    expect(checkRecords(createSound())).toEqual(
      Object.fromEntries(CHECKS.map(check => [check, []])),
    );
  });

  it('given a worker that takes over and is told that the effect did not take hold, then it may begin it again', () => {
    const records = createSound();
    const begun = find(records, 'begun', 'main:fetch');
    takeOver(records, begun, 'r2/1');
    repeat(records, 'begun', { at: begun + 2, worker: 'r2/1', wasDone: false });
    repeat(records, 'asked', { at: begun + 2, worker: 'r2/1', wasDone: false });

    expect(Object.values(checkRecords(records)).flat()).toEqual([]);
  });

  it('given a stopped worker that comes back in the middle of an effect, then what it still does is not held against the engine', () => {
    const records = createSound();
    const done = find(records, 'done', 'main:fetch');
    takeOver(records, done, 'r2/1');
    repeat(records, 'begun', { at: done + 4, worker: 'r1/1', wasDone: true });
    repeat(records, 'done', { at: done + 5, worker: 'r1/1', wasDone: true });

    expect(Object.values(checkRecords(records)).flat()).toEqual([]);
  });

  it('given a claim that is heard of after the one that came after it, then the later one has the run', () => {
    const records = createSound();
    const begun = find(records, 'begun', 'main:fetch');
    const { runId, environment } = records.events[begun];
    records.events[0] = {
      ...records.events[0],
      what: 'claimed',
      fence: 2,
      ...JOB,
    };
    const late = { worker: 'r2/1', runId, environment, at: 0 };
    records.events.splice(begun, 0, {
      ...late,
      what: 'claimed',
      fence: 1,
      ...JOB,
    });

    expect(Object.values(checkRecords(records)).flat()).toEqual([]);
  });

  it('given a stopped worker that comes back at an effect whose turn is over, then that does not break the order', () => {
    const records = createSound();
    const back = find(records, 'begun', 'recover:restart');
    const { runId, environment } = records.events[back];
    takeOver(records, back - 1, 'r2/1');
    records.events.splice(back + 2, 0, {
      at: 0,
      worker: 'r1/2',
      runId,
      environment,
      what: 'begun',
      effect: 'main:verify',
      wasDone: false,
    });

    expect(Object.values(checkRecords(records)).flat()).toEqual([]);
  });

  const planted: Array<[Check, string, (records: Doctored) => void]> = [
    [
      'runs lost',
      'a request of which no run is there',
      ({ runs }) => {
        runs.splice(0, 1);
      },
    ],
    [
      'runs lost',
      'a run that is not finished',
      ({ runs }) => {
        runs[2] = { ...runs[2], phase: 'queued', finishedAt: null };
      },
    ],
    [
      'runs lost',
      'a run that ended otherwise than it had to',
      ({ runs }) => {
        runs[0] = { ...runs[0], phase: 'errored' };
      },
    ],
    [
      'effects doubled',
      'an effect that takes hold twice',
      records =>
        repeat(records, 'done', {
          at: find(records, 'done', 'main:fetch') + 1,
          worker: 'r1/1',
          wasDone: false,
        }),
    ],
    [
      'effects doubled',
      'a worker that takes over and begins again without asking',
      records => {
        const begun = find(records, 'begun', 'main:fetch');
        takeOver(records, begun, 'r2/1');
        repeat(records, 'begun', {
          at: begun + 2,
          worker: 'r2/1',
          wasDone: false,
        });
      },
    ],
    [
      'effects doubled',
      'a worker that is told that the effect took hold, and begins it all the same',
      records => {
        const done = find(records, 'done', 'main:fetch');
        takeOver(records, done, 'r2/1');
        repeat(records, 'begun', {
          at: done + 2,
          worker: 'r2/1',
          wasDone: true,
        });
        repeat(records, 'asked', {
          at: done + 2,
          worker: 'r2/1',
          wasDone: true,
        });
      },
    ],
    [
      'effects doubled',
      'a worker that lost its run and goes on to a second effect',
      records => {
        const before = find(records, 'begun', 'main:fetch') - 1;
        const begun = records.events.slice(before + 1, before + 5);
        takeOver(records, before, 'r2/1');
        records.events.push(...begun);
      },
    ],
    [
      'steps skipped',
      'a step of which nothing was seen',
      records => {
        records.events = records.events.filter(
          event =>
            event.runId !== 'run-1' ||
            !('effect' in event) ||
            event.effect !== 'main:verify',
        );
      },
    ],
    [
      'steps skipped',
      'a step that the tables do not know as done',
      ({ steps }) => {
        steps[1] = { ...steps[1], status: 'skipped' };
      },
    ],
    [
      'environments held by two',
      'a run that acts after the next one has begun',
      records => {
        const done = find(records, 'done', 'main:verify');
        const [late] = records.events.splice(done, 1);
        const next = records.events.findIndex(
          ({ runId, what }) => runId === 'run-2' && what === 'begun',
        );
        records.events.splice(next + 1, 0, late);
      },
    ],
    [
      'environments held by two',
      'a run that begins before the one before it is finished',
      ({ runs }) => {
        runs[1] = { ...runs[1], startedAt: time(0.5) };
      },
    ],
    [
      'environments left locked',
      'an environment that a finished run holds',
      records => {
        records.environments = [{ environment: SHOP, heldBy: 'run-2' }];
      },
    ],
    [
      'environments left locked',
      'a finished run that somebody has claimed',
      ({ runs }) => {
        runs[2] = { ...runs[2], claimedBy: 'somebody' };
      },
    ],
    [
      'order broken',
      'a step that is begun before the one before it took hold',
      records => {
        const done = find(records, 'done', STEP_IDS[0]);
        const begun = find(records, 'begun', STEP_IDS[1]);
        const { events } = records;
        [events[done], events[begun]] = [events[begun], events[done]];
      },
    ],
    [
      'order broken',
      'a run that begins before one with a lower ticket',
      ({ runs }) => {
        [runs[0], runs[1]] = [
          { ...runs[0], ticket: 2 },
          { ...runs[1], ticket: 1 },
        ];
      },
    ],
    [
      'order broken',
      'a run that was in the queue first and has the higher ticket',
      ({ requests }) => {
        requests[2] = {
          ...requests[2],
          queued: { notBefore: 1, notAfter: 2 },
        };
      },
    ],
  ];

  it.each(planted)('%s: finds %s', (check, _, plant) => {
    const records = createSound();

    plant(records);

    expect(checkRecords(records)[check]).not.toEqual([]);
  });

  it('proves each of them', () => {
    expect(new Set(planted.map(([check]) => check))).toEqual(new Set(CHECKS));
  });
});
