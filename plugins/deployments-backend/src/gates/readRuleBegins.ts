import { DateTime, IANAZone } from 'luxon';
import { RRuleTemporal } from 'rrule-temporal';

/** How many periods of a rule are looked through for the next one that it is true in. */
const MAX_PERIODS = 4_000;

/** The years that a freeze begins in. Nobody knows the clocks of later ones. */
const FIRST_YEAR = 2000;
const LAST_YEAR = 2099;

/** How many days a rule of years names at most, and places any rule: a period is computed as a whole. */
const MAX_DAYS_OF_YEAR = 62;
const MAX_PLACES = 31;

const MAX_EXCEPTIONS = 30;

/** Clocks jump by half an hour, by one or by two. */
const LONGEST_JUMP = { hours: 3 };

const COMMON_PARTS = ['FREQ', 'INTERVAL', 'UNTIL', 'WKST'];
const DAYS_OF_MONTHS = ['BYDAY', 'BYMONTH', 'BYMONTHDAY', 'BYSETPOS'];

/**
 * What a rule of a freeze may say, by its frequency. Its time of day is that of DTSTART, so it begins once a day at most. What would
 * have to be counted from its begin, or tried day by day, is left out: it can be said in another way, and could take seconds to
 * compute.
 */
const PARTS_OF: Record<string, readonly string[]> = {
  DAILY: COMMON_PARTS,
  WEEKLY: [...COMMON_PARTS, 'BYDAY'],
  MONTHLY: [...COMMON_PARTS, ...DAYS_OF_MONTHS],
  YEARLY: [...COMMON_PARTS, ...DAYS_OF_MONTHS],
};

/** A date and time of day as a clock on the wall shows it, written as if it were UTC. */
type WallTime = DateTime;

/**
 * Reads when a rule of RFC 5545 begins, and by which clocks.
 *
 * The library computes days alone, at noon in UTC, where every day has that hour. The time of day is put onto them here: it
 * leaves out a time that clocks jump over, which for the RFC is as much later as the clocks jump.
 *
 * @throws Error with a part of a sentence for people, where it is not well formed.
 */
export function readRuleBegins(text: string): {
  zone: string;
  nextBegin(after: Date): Date | null;
} {
  const lines = text
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(Boolean);
  for (const line of lines) {
    if (!/^(DTSTART[;:]|RRULE:|EXDATE[;:])/.test(line)) {
      throw new Error(
        `\`${line.slice(0, 40)}\` is neither DTSTART, nor RRULE, nor EXDATE`,
      );
    }
  }
  const [start, ...starts] = lines.filter(line => line.startsWith('DTSTART'));
  if (start === undefined || starts.length > 0) {
    throw new Error('it needs one DTSTART');
  }
  const [rule, ...rules] = lines.filter(line => line.startsWith('RRULE'));
  if (rules.length > 0) {
    throw new Error('it has more than one RRULE; write a freeze for each');
  }
  const exceptions = lines.filter(line => line.startsWith('EXDATE'));
  const { zone, times } = readWallTimes(start);
  const [first, ...others] = times;
  if (first === undefined || others.length > 0) {
    throw new Error('it needs one DTSTART');
  }
  if (first.year < FIRST_YEAR || first.year > LAST_YEAR) {
    throw new Error(
      `its DTSTART is not between ${FIRST_YEAR} and ${LAST_YEAR}`,
    );
  }
  if (rule === undefined) {
    if (exceptions.length > 0) {
      throw new Error('it has EXDATE, so it needs an RRULE');
    }
    const begin = toMoment(first, zone);
    return { zone, nextBegin: after => (begin > after ? begin : null) };
  }
  const parts = readParts(rule);
  return {
    zone,
    nextBegin: followRule({
      zone,
      first,
      until: readUntil(parts.get('UNTIL')),
      days: computeDays({
        parts,
        first,
        except: findDays({ exceptions, first, zone }),
      }),
    }),
  };
}

function followRule(options: {
  zone: string;
  first: WallTime;
  until: Date | null;
  days: RRuleTemporal;
}): (after: Date) => Date | null {
  const { zone, first, until, days } = options;
  return after => {
    // What clocks jump over at midnight belongs to the day before.
    const today = toWallTime(after, zone).minus(LONGEST_JUMP).startOf('day');
    const hasBegun = toMoment(putOnto(today, first), zone) <= after;
    let day = hasBegun ? today.endOf('day') : today;
    for (;;) {
      const next = days.next(day.toJSDate(), false);
      if (!next) {
        return null;
      }
      day = DateTime.fromMillis(next.epochMilliseconds, { zone: 'utc' });
      const begin = toMoment(putOnto(day, first), zone);
      if (until && begin > until) {
        return null;
      }
      if (begin > after) {
        return begin;
      }
    }
  };
}

function computeDays(options: {
  parts: ReadonlyMap<string, string>;
  first: WallTime;
  except: readonly WallTime[];
}): RRuleTemporal {
  const { parts, first, except } = options;
  const rule = new Map(parts).set('UNTIL', `${LAST_YEAR}1231T235959Z`);
  const write = (day: WallTime) => day.toFormat("yyyyMMdd'T120000Z'");
  return new RRuleTemporal({
    rruleString: [
      `DTSTART:${write(first)}`,
      `RRULE:${[...rule].map(part => part.join('=')).join(';')}`,
      ...except.map(day => `EXDATE:${write(day)}`),
    ].join('\n'),
    maxIterations: MAX_PERIODS,
    strict: true,
  });
}

/** The days whose begins are excepted: as for the RFC, it is the very moment that counts. */
function findDays(options: {
  exceptions: readonly string[];
  first: WallTime;
  zone: string;
}): WallTime[] {
  const { exceptions, first, zone } = options;
  const lines = exceptions.map(readWallTimes);
  const count = lines.reduce((sum, { times }) => sum + times.length, 0);
  if (count > MAX_EXCEPTIONS) {
    throw new Error(
      `it has ${count} EXDATE, and ${MAX_EXCEPTIONS} are allowed; write a freeze for each part of the time, with UNTIL`,
    );
  }
  return lines.flatMap(({ zone: zoneOfLine, times }) =>
    times.flatMap(time => {
      const moment = toMoment(time, zoneOfLine);
      const day = toWallTime(moment, zone);
      return [day, day.minus({ days: 1 })].filter(
        candidate =>
          toMoment(putOnto(candidate, first), zone).getTime() ===
          moment.getTime(),
      );
    }),
  );
}

/** Reads a line such as `DTSTART;TZID=Europe/Berlin:20261218T180000`. */
function readWallTimes(line: string): { zone: string; times: WallTime[] } {
  const name = line.slice(0, line.search(/[;:]/));
  const [, tzid, values = ''] =
    /^[A-Z]+(?:;TZID=([^;:]+))?:(.*)$/.exec(line) ?? [];
  if (tzid !== undefined && !IANAZone.isValidZone(tzid)) {
    throw new Error(`there is no time zone \`${tzid.slice(0, 40)}\``);
  }
  const times = values.split(',').map(value => {
    const [, wall, utc] = /^(\d{8}T\d{6})(Z?)$/.exec(value) ?? [];
    const time = DateTime.fromFormat(wall ?? '', "yyyyMMdd'T'HHmmss", {
      zone: 'utc',
    });
    if (!time.isValid) {
      throw new Error(
        `its ${name} is not a date and a time, such as ${name};TZID=Europe/Berlin:20261218T180000`,
      );
    }
    if (tzid === undefined && utc !== 'Z') {
      throw new Error(
        `its ${name} has no time zone; write ${name};TZID=Europe/Berlin:${wall}, or ${wall}Z for UTC`,
      );
    }
    if (tzid !== undefined && utc === 'Z') {
      throw new Error(`its ${name} has both a TZID and Z; leave one out`);
    }
    return time;
  });
  return { zone: tzid ?? 'UTC', times };
}

function readParts(line: string): ReadonlyMap<string, string> {
  const entries = line
    .slice('RRULE:'.length)
    .split(';')
    .map((part): [string, string] => {
      const [name = '', value = ''] = part.split('=');
      return [name, value];
    });
  const parts = new Map(entries);
  if (parts.size < entries.length) {
    throw new Error('its RRULE says something twice');
  }
  const frequency = parts.get('FREQ') ?? '';
  const allowed = Object.hasOwn(PARTS_OF, frequency)
    ? PARTS_OF[frequency]
    : undefined;
  if (!allowed) {
    throw new Error(`it can begin once a day at most, not ${frequency}`);
  }
  for (const name of parts.keys()) {
    if (!allowed.includes(name)) {
      throw new Error(
        `a ${frequency} rule can say ${allowed.join(', ')}, and not \`${name.slice(0, 40)}\``,
      );
    }
  }
  limitParts(frequency, parts);
  return parts;
}

function limitParts(
  frequency: string,
  parts: ReadonlyMap<string, string>,
): void {
  const count = (name: string) => parts.get(name)?.split(',').length;
  const days = frequency === 'YEARLY' ? countDaysOfYear(parts) : 0;
  if (days > MAX_DAYS_OF_YEAR) {
    throw new Error(
      `it names about ${days} days of a year, and ${MAX_DAYS_OF_YEAR} are allowed; write FREQ=MONTHLY with the same BYMONTH, BYMONTHDAY and BYDAY, or FREQ=WEEKLY with BYDAY`,
    );
  }
  const places = count('BYSETPOS') ?? 0;
  if (places > MAX_PLACES) {
    throw new Error(
      `its BYSETPOS has ${places} places, and ${MAX_PLACES} are allowed; write FREQ=MONTHLY, or a freeze for each part of the year`,
    );
  }
}

/** About how many days of a year a rule of years has to look at. */
function countDaysOfYear(parts: ReadonlyMap<string, string>): number {
  const list = (name: string) => parts.get(name)?.split(',') ?? [];
  const months = list('BYMONTH').length || 12;
  const daysOfMonths = months * list('BYMONTHDAY').length;
  const weekdays = list('BYDAY').map(day => {
    const isOneOf = /\d/.test(day);
    const periods = parts.has('BYMONTH') ? months : 1;
    return isOneOf ? periods : (months * 53) / 12;
  });
  const daysOfWeeks = weekdays.reduce((sum, days) => sum + days, 0);
  return Math.ceil(Math.max(daysOfMonths, daysOfWeeks));
}

function readUntil(value: string | undefined): Date | null {
  if (value === undefined) {
    return null;
  }
  if (!value.endsWith('Z')) {
    throw new Error(
      'its UNTIL has to be a moment in UTC, such as UNTIL=20271231T225959Z',
    );
  }
  const [until] = readWallTimes(`UNTIL:${value}`).times;
  if (until && until.year > LAST_YEAR) {
    throw new Error(`its UNTIL is after ${LAST_YEAR}`);
  }
  return until?.toJSDate() ?? null;
}

function putOnto(day: WallTime, time: WallTime): WallTime {
  const { hour, minute, second } = time;
  return day.set({ hour, minute, second, millisecond: 0 });
}

function toWallTime(moment: Date, zone: string): WallTime {
  return DateTime.fromJSDate(moment, { zone }).setZone('utc', {
    keepLocalTime: true,
  });
}

/** Of two moments that clocks show this time at, the first; where they jump over it, as much later as they jump. */
function toMoment(time: WallTime, zone: string): Date {
  const moments = time
    .setZone(zone, { keepLocalTime: true })
    .getPossibleOffsets();
  return DateTime.min(...moments)?.toJSDate() ?? time.toJSDate();
}
