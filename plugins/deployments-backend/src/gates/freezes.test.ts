import { FreezeSpec } from '@slipway/plugin-deployments-node';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { findFreeze } from './findFreeze';
import { FreezeTimes, readFreezeTimes } from './freezeTimes';

const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'UTC',
];

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

    expect(Date.parse(until ?? '')).toBeGreaterThan(at.getTime());
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
          const last = times.lastBegin(at) ?? new Date(0);
          const next = times.nextBegin(at) ?? new Date(8.64e15);

          expect(last.getTime()).toBeLessThanOrEqual(at.getTime());
          expect(next.getTime()).toBeGreaterThan(at.getTime());
          expect(times.endOf(last).getTime()).toBeGreaterThan(last.getTime());
        },
      ),
      { numRuns: 150 },
    );
    expect(taken).toBeGreaterThan(20);
  });

  it('given the same days as a rule and as cron, in any zone and at any time of day that every day has, then both freeze the same moments, also where clocks and years change', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.integer({ min: 4, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 }),
        fc.constantFrom('1h', '30h', '1d', '2d14h', '90m'),
        fc.date({
          min: new Date('2026-01-01'),
          max: new Date('2032-12-31'),
          noInvalidDate: true,
        }),
        (zone, hour, minute, days, duration, at) => {
          const names = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
          const two = (value: number) => String(value).padStart(2, '0');
          const byRule = freeze({
            rrule: `DTSTART;TZID=${zone}:20250101T${two(hour)}${two(minute)}00\nRRULE:FREQ=WEEKLY;BYDAY=${days.map(day => names[day - 1]).join(',')}`,
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
      { numRuns: 100 },
    );
  });

  it('given a daily freeze in any zone, then a moment is frozen exactly where the calendar says so', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.integer({ min: 4, max: 20 }),
        fc.date({
          min: new Date('2026-01-01'),
          max: new Date('2032-12-31'),
          noInvalidDate: true,
        }),
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
