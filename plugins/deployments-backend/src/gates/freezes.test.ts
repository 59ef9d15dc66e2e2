import { FreezeSpec } from '@slipway/plugin-deployments-node';
import { Cron } from 'croner';
import fc from 'fast-check';
import { DateTime, IANAZone } from 'luxon';
import { RRuleTemporal } from 'rrule-temporal';
import { findFreeze } from './findFreeze';
import { FreezeTimes, readFreezeTimes } from './freezeTimes';

const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Africa/Cairo',
  'Asia/Beirut',
  'America/Havana',
  'America/Santiago',
  'UTC',
];
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const DAY_MS = 24 * 60 * 60_000;

/** Any of some years, and often one near to where clocks of `ZONES` change. */
const anyMoment = fc.oneof(
  fc.date({
    min: new Date('2026-01-01'),
    max: new Date('2032-12-31'),
    noInvalidDate: true,
  }),
  fc
    .tuple(
      fc.constantFrom(
        '2027-03-14T06:00Z',
        '2027-03-27T22:00Z',
        '2027-04-03T15:00Z',
        '2027-04-29T22:00Z',
        '2027-09-05T04:00Z',
        '2027-10-02T15:30Z',
        '2027-10-31T01:00Z',
        '2027-11-07T05:00Z',
      ),
      fc.integer({ min: -180, max: 180 }),
      fc.integer({ min: 0, max: 3 }),
    )
    .map(
      ([change, minutes, days]) =>
        new Date(Date.parse(change) + minutes * 60_000 + days * DAY_MS),
    ),
);

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** When clocks show a time, without the libraries under test: the first of two, and by the clocks of the day before where they jump over it. */
function momentOf(zone: string, wallMs: number): number {
  const clocks = new IANAZone(zone);
  const offset = (at: number) => clocks.offset(at) * 60_000;
  const before = wallMs - offset(wallMs - DAY_MS);
  const after = wallMs - offset(wallMs + DAY_MS);
  const shown = [before, after].filter(at => at + offset(at) === wallMs);
  return shown.length > 0 ? Math.min(...shown) : before;
}

function freeze(part: Partial<FreezeSpec>): FreezeSpec {
  return {
    name: 'Weekend',
    reason: 'Nobody is there.',
    duration: '1h',
    ...part,
  };
}

function untilOf(spec: FreezeSpec, at: string): string | null {
  return findFreeze(spec, new Date(at))?.until ?? null;
}

const WEEKEND = freeze({
  rrule:
    'DTSTART;TZID=Europe/Berlin:20260102T180000\nRRULE:FREQ=WEEKLY;BYDAY=FR',
  duration: '2d14h',
});

describe('freezes', () => {
  it.each([
    ['a second before it', '2026-11-20T16:59:59Z', null],
    ['its first moment', '2026-11-20T17:00:00Z', '2026-11-23T07:00:00.000Z'],
    ['its last moment', '2026-11-23T06:59:59Z', '2026-11-23T07:00:00.000Z'],
    ['its end', '2026-11-23T07:00:00Z', null],
  ])(
    'given a weekly rule, when it is %s, then the answer is right',
    (_, at, until) => {
      expect(untilOf(WEEKEND, at)).toBe(until);
    },
  );

  it.each([
    ['spring', '2026-03-28T12:00:00Z', '2026-03-30T06:00:00.000Z'],
    ['autumn', '2026-10-24T12:00:00Z', '2026-10-26T07:00:00.000Z'],
  ])(
    'given clocks that change in %s, then it still ends at eight in the morning',
    (_, at, until) => {
      expect(untilOf(WEEKEND, at)).toBe(until);
    },
  );

  it('given a freeze over the turn of the year, then it lasts on both sides', () => {
    const holidays = freeze({
      rrule: 'DTSTART;TZID=Europe/Berlin:20201218T180000\nRRULE:FREQ=YEARLY',
      duration: '17d',
    });

    expect(untilOf(holidays, '2026-12-31T23:30:00Z')).toBe(
      '2027-01-04T17:00:00.000Z',
    );
    expect(untilOf(holidays, '2027-01-04T16:59:59Z')).toBe(
      '2027-01-04T17:00:00.000Z',
    );
    expect(untilOf(holidays, '2027-01-04T17:00:00Z')).toBeNull();
  });

  it('given a begin without a rule, then it happens once', () => {
    const once = freeze({
      rrule: 'DTSTART;TZID=Europe/Berlin:20261127T000000',
      duration: '4d',
    });

    expect(untilOf(once, '2026-11-29T12:00:00Z')).toBe(
      '2026-11-30T23:00:00.000Z',
    );
    expect(untilOf(once, '2027-11-29T12:00:00Z')).toBeNull();
  });

  it('given an exception, then that day is free', () => {
    const spec = freeze({
      ...WEEKEND,
      rrule: `${WEEKEND.rrule}\nEXDATE;TZID=Europe/Berlin:20261120T180000`,
    });

    expect(untilOf(spec, '2026-11-21T12:00:00Z')).toBeNull();
    expect(untilOf(spec, '2026-11-28T12:00:00Z')).not.toBeNull();
  });

  it('given freezes that overlap for ever, then the end is one that can be looked at again, found without going on for ever', () => {
    const always = freeze({
      cron: '* * * * *',
      timeZone: 'UTC',
      duration: '90d',
    });
    const at = new Date('2026-11-20T12:00:00Z');

    const until = untilOf(always, at.toISOString());

    expect(Date.parse(until ?? '')).toBeGreaterThan(
      at.getTime() + 200 * DAY_MS,
    );
  });

  it.each([
    [
      'a rule',
      {
        rrule:
          'DTSTART;TZID=Europe/Berlin:20260102T180000\nRRULE:FREQ=WEEKLY;BYDAY=FR',
      },
    ],
    ['a cron', { cron: '7 18 * * 5', timeZone: 'Europe/Berlin' }],
  ])(
    'given %s that was asked for once, when it is asked for other moments up to its next begin or its end, then nothing is computed',
    (_, part) => {
      const spec = freeze({ ...part, duration: '2d14h7m' });
      const spies = [
        jest.spyOn(RRuleTemporal.prototype, 'next'),
        jest.spyOn(Cron.prototype, 'nextRun'),
      ];
      const countSteps = (at: string) => {
        spies.forEach(spy => spy.mockClear());
        untilOf(spec, at);
        return spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
      };

      expect(countSteps('2026-11-18T12:00:00Z')).toBeGreaterThan(0);
      expect(countSteps('2026-11-19T12:00:00Z')).toBe(0);
      expect(countSteps('2026-11-20T16:59:59Z')).toBe(0);
      expect(countSteps('2026-11-20T17:30:00Z')).toBeGreaterThan(0);
      expect(countSteps('2026-11-20T17:31:00Z')).toBe(0);
      expect(countSteps('2026-11-23T06:59:59Z')).toBe(0);
      expect(countSteps('2026-11-23T17:00:00Z')).toBeGreaterThan(0);
      expect(countSteps('2026-11-22T00:00:00Z')).toBeGreaterThan(0);
      expect(untilOf(spec, '2026-11-22T00:00:00Z')).not.toBeNull();
      spies.forEach(spy => spy.mockRestore());
    },
  );

  it.each([
    ['cron every minute', { cron: '* * * * *', timeZone: 'Europe/Berlin' }],
    [
      'cron nearly every minute of some hours',
      { cron: '1-58 0-3 * 11 *', timeZone: 'Europe/Berlin' },
    ],
    [
      'a rule with as many days and exceptions as fit',
      {
        rrule: `DTSTART;TZID=Europe/Berlin:20260101T120000\nRRULE:FREQ=DAILY\nEXDATE;TZID=Europe/Berlin:${range(
          0,
          29,
        )
          .map(i =>
            DateTime.utc(2026, 11, 10)
              .plus({ days: i })
              .toFormat("yyyyMMdd'T120000'"),
          )
          .join(',')}`,
      },
    ],
  ])(
    'given %s, for a minute or for months, when it is asked for, then few begins are computed',
    (_, part) => {
      const next = jest.spyOn(RRuleTemporal.prototype, 'next');
      const nextRun = jest.spyOn(Cron.prototype, 'nextRun');
      for (const duration of ['1m', '1h', '1d', '60d']) {
        findFreeze(
          freeze({ ...part, duration }),
          new Date('2026-11-20T12:00:30Z'),
        );
      }

      expect(
        next.mock.calls.length + nextRun.mock.calls.length,
      ).toBeLessThanOrEqual(4 * 40);
      next.mockRestore();
      nextRun.mockRestore();
    },
  );

  it.each([
    [
      'UNTIL of the very moment of a begin',
      'RRULE:FREQ=DAILY;UNTIL=20270328T013000Z',
      ['2027-03-27T01:30:00.000Z', '2027-03-28T01:30:00.000Z'],
    ],
    [
      'UNTIL of a second before it',
      'RRULE:FREQ=DAILY;UNTIL=20270328T012959Z',
      ['2027-03-27T01:30:00.000Z'],
    ],
    [
      'EXDATE of a time that clocks jump over',
      'RRULE:FREQ=DAILY;UNTIL=20270329T003000Z\nEXDATE;TZID=Europe/Berlin:20270328T023000',
      ['2027-03-27T01:30:00.000Z', '2027-03-29T00:30:00.000Z'],
    ],
    [
      'several EXDATE, in UTC',
      'RRULE:FREQ=DAILY;UNTIL=20270329T003000Z\nEXDATE:20270327T013000Z,20270329T003000Z',
      ['2027-03-28T01:30:00.000Z'],
    ],
    [
      'EXDATE of another time of the day',
      'RRULE:FREQ=DAILY;UNTIL=20270327T013000Z\nEXDATE;TZID=Europe/Berlin:20270327T000000',
      ['2027-03-27T01:30:00.000Z'],
    ],
  ])('given %s, then it means that moment', (_, rule, expected) => {
    const times = readFreezeTimes(
      freeze({
        rrule: `DTSTART;TZID=Europe/Berlin:20270327T023000\n${rule}`,
      }),
    );
    const begins: string[] = [];
    let begin = times.nextBegin(new Date('2027-01-01'));
    while (begin) {
      begins.push(begin.toISOString());
      begin = times.nextBegin(begin);
    }

    expect(begins).toEqual(expected);
  });

  it.each([
    [
      'a DTSTART of no time zone',
      'DTSTART:20260102T180000\nRRULE:FREQ=DAILY',
      'its DTSTART has no time zone; write DTSTART;TZID=Europe/Berlin:20260102T180000, or 20260102T180000Z for UTC',
    ],
    [
      'a DTSTART of two time zones',
      'DTSTART;TZID=Europe/Berlin:20260102T180000Z',
      'its DTSTART has both a TZID and Z; leave one out',
    ],
    [
      'a DTSTART of no time of day',
      'DTSTART;VALUE=DATE:20260102\nRRULE:FREQ=DAILY',
      'its DTSTART is not a date and a time, such as DTSTART;TZID=Europe/Berlin:20261218T180000',
    ],
    [
      'an EXDATE of no time zone',
      'DTSTART:20260102T180000Z\nRRULE:FREQ=DAILY\nEXDATE:20260103T180000',
      'its EXDATE has no time zone; write EXDATE;TZID=Europe/Berlin:20260103T180000, or 20260103T180000Z for UTC',
    ],
    [
      'an EXDATE without a rule',
      'DTSTART:20260102T180000Z\nEXDATE:20260103T180000Z',
      'it has EXDATE, so it needs an RRULE',
    ],
    [
      'an UNTIL that is no moment',
      'DTSTART:20260102T180000Z\nRRULE:FREQ=DAILY;UNTIL=20270102',
      'its UNTIL has to be a moment in UTC, such as UNTIL=20271231T225959Z',
    ],
    [
      'a part that is there twice',
      'DTSTART:20260102T180000Z\nRRULE:FREQ=YEARLY;BYMONTH=1;BYMONTH=2',
      'its RRULE says something twice',
    ],
    [
      'every day of the year one by one',
      `DTSTART:20260102T180000Z\nRRULE:FREQ=YEARLY;BYMONTH=${range(1, 12)};BYMONTHDAY=${range(1, 31)}`,
      'it names about 372 days of a year, and 62 are allowed; write FREQ=MONTHLY with the same BYMONTH, BYMONTHDAY and BYDAY, or FREQ=WEEKLY with BYDAY',
    ],
    [
      'days of every month',
      `DTSTART:20260102T180000Z\nRRULE:FREQ=YEARLY;BYMONTHDAY=${range(1, 6)}`,
      'it names about 72 days of a year, and 62 are allowed; write FREQ=MONTHLY with the same BYMONTH, BYMONTHDAY and BYDAY, or FREQ=WEEKLY with BYDAY',
    ],
    [
      'every day of the week of a year',
      `DTSTART:20260102T180000Z\nRRULE:FREQ=YEARLY;BYDAY=${WEEKDAYS}`,
      'it names about 371 days of a year, and 62 are allowed; write FREQ=MONTHLY with the same BYMONTH, BYMONTHDAY and BYDAY, or FREQ=WEEKLY with BYDAY',
    ],
    [
      'very many exceptions',
      `DTSTART:20260101T180000Z\nRRULE:FREQ=DAILY\nEXDATE:${range(1, 31).map(day => `202601${two(day)}T180000Z`)}`,
      'it has 31 EXDATE, and 30 are allowed; write a freeze for each part of the time, with UNTIL',
    ],
    [
      'very many places',
      `DTSTART:20260102T180000Z\nRRULE:FREQ=YEARLY;BYDAY=MO;BYSETPOS=${range(1, 32)}`,
      'its BYSETPOS has 32 places, and 31 are allowed; write FREQ=MONTHLY, or a freeze for each part of the year',
    ],
  ])('given %s, then it is refused with words that help', (_, rrule, words) => {
    expect(() => readFreezeTimes(freeze({ rrule }))).toThrow(new Error(words));
  });

  it.each([
    ['62 days of a year', `FREQ=YEARLY;BYMONTH=7,8;BYMONTHDAY=${range(1, 31)}`],
    [
      '31 places',
      `FREQ=YEARLY;BYMONTH=1;BYDAY=${WEEKDAYS};BYSETPOS=${range(1, 31)}`,
    ],
    [
      'every day of each month',
      `FREQ=MONTHLY;BYMONTH=${range(1, 12)};BYMONTHDAY=${range(1, 31)}`,
    ],
  ])('given %s, then it is taken', (_, rule) => {
    const rrule = `DTSTART:20260102T180000Z\nRRULE:${rule}`;

    expect(() => readFreezeTimes(freeze({ rrule }))).not.toThrow();
  });

  it.each([
    [
      'every second',
      { rrule: 'DTSTART:20200101T000000Z\nRRULE:FREQ=SECONDLY' },
    ],
    [
      'every minute',
      { rrule: 'DTSTART:20200101T000000Z\nRRULE:FREQ=MINUTELY' },
    ],
    [
      'many times a day',
      {
        rrule:
          'DTSTART:20200101T000000Z\nRRULE:FREQ=DAILY;BYHOUR=1,2;BYSECOND=1,2',
      },
    ],
    [
      'never',
      {
        rrule:
          'DTSTART:20200101T000000Z\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
      },
    ],
    [
      'beyond all time',
      {
        rrule:
          'DTSTART:20200101T000000Z\nRRULE:FREQ=DAILY;INTERVAL=1000000000;BYMONTH=2',
      },
    ],
    [
      'two rules',
      {
        rrule: 'DTSTART:20200101T000000Z\nRRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY',
      },
    ],
    [
      'a rule that would be counted for ever',
      { rrule: 'DTSTART:20200101T000000Z\nRRULE:FREQ=YEARLY;COUNT=1000000' },
    ],
    [
      'a time of which nobody knows the clocks',
      {
        rrule: 'DTSTART;TZID=Europe/Berlin:95000101T000000\nRRULE:FREQ=YEARLY',
      },
    ],
    [
      'an end of which nobody knows the clocks',
      {
        rrule:
          'DTSTART;TZID=Europe/Berlin:20200101T000000\nRRULE:FREQ=YEARLY;UNTIL=99991231T000000Z',
      },
    ],
    ['no begin', { rrule: 'RRULE:FREQ=DAILY' }],
    [
      'an unknown zone',
      { rrule: 'DTSTART;TZID=Mars/Base:20200101T000000\nRRULE:FREQ=DAILY' },
    ],
    [
      'more than times',
      { rrule: 'DTSTART:20200101T000000Z\nATTACH:file:///etc/passwd' },
    ],
    ['no times', {}],
    ['both', { rrule: 'DTSTART:20200101T000000Z', cron: '0 0 * * *' }],
    ['cron without a zone', { cron: '0 0 * * *' }],
    ['cron in an unknown zone', { cron: '0 0 * * *', timeZone: 'Mars/Base' }],
    ['cron every second', { cron: '* * * * * *', timeZone: 'UTC' }],
    ['cron that never comes', { cron: '0 0 30 2 *', timeZone: 'UTC' }],
    [
      'a rule with a zone beside',
      { rrule: 'DTSTART:20200101T000000Z', timeZone: 'UTC' },
    ],
  ])('given %s, then it is refused', (_, part: Partial<FreezeSpec>) => {
    expect(() => readFreezeTimes(freeze(part))).toThrow();
  });

  it('given any rule that is taken, then it can be asked for any moment, and what it says is in order', () => {
    const number = (min: number, max: number) =>
      fc.integer({ min, max }).filter(value => value !== 0);
    const part = fc.oneof(
      fc.integer({ min: 1, max: 400 }).map(n => `INTERVAL=${n}`),
      fc.constantFrom(1, 500, 1_000_000).map(n => `COUNT=${n}`),
      fc.constantFrom('UNTIL=20300101T000000Z', 'UNTIL=20010101T000000Z'),
      fc
        .subarray(['MO', 'WE', '2FR', '-1SU'])
        .map(days => `BYDAY=${days.join(',')}`),
      number(1, 12).map(n => `BYMONTH=${n}`),
      number(-31, 31).map(n => `BYMONTHDAY=${n}`),
      number(-366, 366).map(n => `BYYEARDAY=${n}`),
      number(-53, 53).map(n => `BYWEEKNO=${n}`),
      number(-5, 5).map(n => `BYSETPOS=${n}`),
    );
    let taken = 0;
    fc.assert(
      fc.property(
        fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'),
        fc.constantFrom(
          '20000101T180000',
          '20240229T020000',
          '20350101T000000',
        ),
        fc.array(part, { maxLength: 3 }),
        fc.date({
          min: new Date('2026-01-01'),
          max: new Date('2060-12-31'),
          noInvalidDate: true,
        }),
        (frequency, begin, parts, at) => {
          let times: FreezeTimes;
          try {
            times = readFreezeTimes(
              freeze({
                rrule: `DTSTART;TZID=Europe/Berlin:${begin}\nRRULE:${[`FREQ=${frequency}`, ...parts].join(';')}`,
              }),
            );
          } catch {
            return;
          }
          taken += 1;
          const next = times.nextBegin(at) ?? new Date(8.64e15);
          const end = times.duration.endOf(at);

          expect(next.getTime()).toBeGreaterThan(at.getTime());
          expect(end.getTime()).toBeGreaterThan(at.getTime());
        },
      ),
      { numRuns: 150 },
    );
    expect(taken).toBeGreaterThan(20);
  });

  it('given the same days as a rule and as cron, in any zone and at any time of day, then both freeze the same moments, also where clocks and years change', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 }),
        fc.constantFrom('1h', '30h', '1d', '2d14h', '90m'),
        anyMoment,
        (zone, hour, minute, days, duration, at) => {
          // Where half an hour comes twice, the library for cron takes the second.
          fc.pre(zone !== 'Australia/Lord_Howe' || hour !== 1 || minute < 30);
          const byRule = freeze({
            rrule: `DTSTART;TZID=${zone}:20250101T${two(hour)}${two(minute)}00\nRRULE:FREQ=WEEKLY;BYDAY=${days.map(day => WEEKDAYS[day - 1]).join(',')}`,
            duration,
          });
          const byCron = freeze({
            cron: `${minute} ${hour} * * ${days.join(',')}`,
            timeZone: zone,
            duration,
          });

          expect(findFreeze(byRule, at)).toEqual(findFreeze(byCron, at));
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each([
    ['Africa/Cairo', '00:00', '2027-04-29T22:00:00.000Z'],
    ['Africa/Cairo', '00:30', '2027-04-29T22:30:00.000Z'],
    ['Asia/Beirut', '00:15', '2027-03-27T22:15:00.000Z'],
    ['America/Havana', '00:00', '2027-03-14T05:00:00.000Z'],
    ['America/Santiago', '00:30', '2027-09-05T04:30:00.000Z'],
    ['Europe/Berlin', '02:30', '2027-03-28T01:30:00.000Z'],
    ['Australia/Lord_Howe', '02:15', '2027-10-02T15:45:00.000Z'],
    // What comes twice begins the first time.
    ['Europe/Berlin', '02:30', '2027-10-31T00:30:00.000Z'],
    ['America/Havana', '00:30', '2027-11-07T04:30:00.000Z'],
  ])(
    'given clocks in %s that jump over %s, or show it twice, then a freeze by rule and one by cron begin at %s',
    (zone, time, begin) => {
      const [hour = '', minute = ''] = time.split(':');
      const daily = freeze({
        rrule: `DTSTART;TZID=${zone}:20260101T${hour}${minute}00\nRRULE:FREQ=DAILY`,
      });
      const { weekday } = DateTime.fromISO(begin, { zone });
      const weekly = freeze({
        rrule: `DTSTART;TZID=${zone}:20260101T${hour}${minute}00\nRRULE:FREQ=WEEKLY;BYDAY=${WEEKDAYS[weekday - 1]}`,
      });
      const byCron = freeze({
        cron: `${Number(minute)} ${Number(hour)} * * *`,
        timeZone: zone,
      });
      const once = freeze({
        rrule: `DTSTART;TZID=${zone}:${DateTime.fromISO(begin, { zone }).toFormat('yyyyMMdd')}T${hour}${minute}00`,
      });
      const justBefore = new Date(Date.parse(begin) - 1);

      for (const spec of [daily, weekly, byCron, once]) {
        expect(readFreezeTimes(spec).nextBegin(justBefore)?.toISOString()).toBe(
          begin,
        );
      }
    },
  );

  it.each([
    ['0 0 * 11 *', '2026-11-20T12:00:00Z', true],
    ['0 0 * 11 *', '2026-05-31T12:00:00Z', false],
    ['0 0 * 4 *', '2026-03-31T12:00:00Z', false],
    ['0 0 * 2-4 *', '2026-07-31T12:00:00Z', false],
    ['0 0 * 2-4 *', '2026-03-31T23:00:00Z', true],
    ['0 0 29 2 *', '2027-03-31T12:00:00Z', false],
    ['0 0 29 2 *', '2028-02-29T12:00:00Z', true],
    ['0 0 * 2 1-5', '2026-12-31T12:00:00Z', false],
    ['0 0 * 2 1-5', '2027-02-01T12:00:00Z', true],
    // A day of the month or of the week, also where a short month was before.
    ['0 0 1 * 6', '2029-03-01T12:00:00Z', true],
    ['0 0 1 * 6', '2029-03-02T12:00:00Z', false],
    ['0 0 1 * 6', '2029-03-03T12:00:00Z', true],
    // A first day of the month that is a Saturday.
    ['0 0 1 * +6', '2029-03-03T12:00:00Z', false],
    ['0 0 1 * +6', '2027-05-01T12:00:00Z', true],
  ])(
    'given days of cron %s, when it is %s, then it is frozen: %s',
    (cron, at, expected) => {
      const spec = freeze({ cron, timeZone: 'UTC', duration: '1d' });

      expect(findFreeze(spec, new Date(at)) !== null).toBe(expected);
    },
  );

  it.each([
    [
      'a rule',
      {
        rrule:
          'DTSTART;TZID=America/Nuuk:20260101T233000\nRRULE:FREQ=WEEKLY;BYDAY=SA',
      },
    ],
    ['a cron', { cron: '30 23 * * 6', timeZone: 'America/Nuuk' }],
  ])(
    'given clocks that jump over midnight, then what %s has on the day before begins on the day after',
    (_, part) => {
      const { nextBegin } = readFreezeTimes(freeze(part));

      for (const after of ['2027-03-28T00:59:59Z', '2027-03-28T01:29:59Z']) {
        expect(nextBegin(new Date(after))).toEqual(
          new Date('2027-03-28T01:30:00Z'),
        );
      }
    },
  );

  it('given a freeze of a day that ends while clocks jump, then it lasts until it would have ended by the clocks from before', () => {
    const daily = freeze({
      cron: '30 2 27 3 *',
      timeZone: 'Europe/Berlin',
      duration: '1d',
    });

    expect(untilOf(daily, '2027-03-28T01:15:00Z')).toBe(
      '2027-03-28T01:30:00.000Z',
    );
    expect(untilOf(daily, '2027-03-28T01:30:00Z')).toBeNull();
  });

  it('given a cron that begins several times while clocks jump, then it begins as often after it', () => {
    const { nextBegin } = readFreezeTimes(
      freeze({ cron: '10,30,50 2 * * *', timeZone: 'Europe/Berlin' }),
    );
    const begins: string[] = [];
    let begin = nextBegin(new Date('2027-03-27T12:00:00Z'));
    while (begin && begin < new Date('2027-03-29T00:20:00Z')) {
      begins.push(begin.toISOString());
      begin = nextBegin(begin);
    }

    expect(begins).toEqual([
      '2027-03-28T01:10:00.000Z',
      '2027-03-28T01:30:00.000Z',
      '2027-03-28T01:50:00.000Z',
      '2027-03-29T00:10:00.000Z',
    ]);
  });

  it('given any minute, hour, days, months and weekdays of a cron, in any zone, then a moment is frozen exactly where the calendar says so', () => {
    const listOf = (from: number, to: number) =>
      fc.option(fc.subarray(range(from, to), { minLength: 1 }), {
        nil: undefined,
      });
    const write = (list: number[] | undefined) => list?.join(',') ?? '*';
    let frozen = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        fc.tuple(listOf(1, 31), listOf(1, 12), listOf(1, 7)),
        fc.constantFrom(
          { days: 0, hours: 1 },
          { days: 0, hours: 30 },
          { days: 1, hours: 0 },
          { days: 2, hours: 14 },
          { days: 17, hours: 0 },
        ),
        anyMoment,
        (zone, hour, minute, [days, months, weekdays], lasts, at) => {
          // Where half an hour comes twice, the library for cron takes the second.
          fc.pre(zone !== 'Australia/Lord_Howe' || hour !== 1 || minute < 30);
          // February 30th never comes, and is refused.
          fc.pre(weekdays !== undefined || days === undefined || days[0] < 29);
          const spec = freeze({
            cron: `${minute} ${hour} ${write(days)} ${write(months)} ${write(weekdays)}`,
            timeZone: zone,
            duration: `${lasts.days}d${lasts.hours}h`,
          });
          const begins = (day: DateTime) => {
            const lists = [
              days?.includes(day.day),
              weekdays?.includes(day.weekday),
            ].filter(matches => matches !== undefined);
            // Of two lists of days either counts, as cron has it.
            return (
              (months?.includes(day.month) ?? true) &&
              (lists.length === 0 || lists.includes(true))
            );
          };
          const today = DateTime.fromJSDate(at, { zone });
          const expected = range(-1, lasts.days + 3).some(ago => {
            const day = DateTime.utc(
              today.year,
              today.month,
              today.day,
              hour,
              minute,
            ).minus({ days: ago });
            const begin = momentOf(zone, day.toMillis());
            const end = DateTime.fromMillis(begin, { zone }).plus(lasts);
            return (
              begins(day) &&
              begin <= at.getTime() &&
              at.getTime() < end.toMillis()
            );
          });
          frozen += expected ? 1 : 0;

          expect(findFreeze(spec, at) !== null).toBe(expected);
        },
      ),
      { numRuns: 500 },
    );
    expect(frozen).toBeGreaterThan(20);
  });

  it('given a daily freeze in any zone, then a moment is frozen exactly where the calendar says so', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.integer({ min: 4, max: 20 }),
        anyMoment,
        (zone, hour, at) => {
          const spec = freeze({
            cron: `0 ${hour} * * *`,
            timeZone: zone,
            duration: '3h',
          });
          const local = DateTime.fromJSDate(at, { zone });

          expect(findFreeze(spec, at) !== null).toBe(
            local.hour >= hour && local.hour < hour + 3,
          );
        },
      ),
      { numRuns: 300 },
    );
  });
});
