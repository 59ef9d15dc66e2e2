import { FreezeSpec } from '@slipway/plugin-deployments-node';
import { Cron } from 'croner';
import { DateTime, IANAZone } from 'luxon';
import { RRuleTemporal } from 'rrule-temporal';

/** How many periods of a rule are looked through for the next one that it is true in. */
const MAX_PERIODS = 4_000;

/** The years that a freeze begins in: time zones of later ones take the library seconds to compute, and nobody knows them anyway. */
const FIRST_YEAR = 2000;
const LAST_YEAR = 2099;

/** How many freezes are remembered as they were read. */
const MAX_REMEMBERED = 500;

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

/** When freezes of one sort begin and end. */
export interface FreezeTimes {
  /** The last begin at a moment or before it. */
  lastBegin(at: Date): Date | null;
  /** The first begin after a moment. */
  nextBegin(at: Date): Date | null;
  endOf(begin: Date): Date;
}

const remembered = new Map<
  string,
  { times: FreezeTimes } | { error: unknown }
>();

/**
 * Reads when a freeze is. Whatever this takes can be asked for any moment in a few milliseconds.
 *
 * @throws Error with a part of a sentence for people, where it is not well formed, never begins, or begins too often.
 */
export function readFreezeTimes(freeze: FreezeSpec): FreezeTimes {
  const { rrule, cron, timeZone, duration } = freeze;
  const key = JSON.stringify([rrule, cron, timeZone, duration]);
  const known = remembered.get(key) ?? tryToRead(freeze);
  remembered.delete(key);
  remembered.set(key, known);
  for (const oldest of [...remembered.keys()].slice(0, -MAX_REMEMBERED)) {
    remembered.delete(oldest);
  }
  if ('error' in known) {
    throw known.error;
  }
  return known.times;
}

function tryToRead(
  freeze: FreezeSpec,
): { times: FreezeTimes } | { error: unknown } {
  try {
    return { times: readTimes(freeze) };
  } catch (error) {
    return { error };
  }
}

function readTimes(freeze: FreezeSpec): FreezeTimes {
  const { rrule, cron, timeZone } = freeze;
  if (rrule !== undefined && cron === undefined) {
    if (timeZone !== undefined) {
      throw new Error('the time zone of an rrule is the TZID of its DTSTART');
    }
    return readRule(rrule, freeze.duration);
  }
  if (cron !== undefined && rrule === undefined) {
    if (timeZone === undefined) {
      throw new Error('it has cron, so it needs a timeZone');
    }
    return readCron({ cron, timeZone, duration: freeze.duration });
  }
  throw new Error('it needs either rrule, or cron and timeZone');
}

function readRule(text: string, duration: string): FreezeTimes {
  const lines = text
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(Boolean);
  for (const line of lines) {
    if (!/^(DTSTART|RRULE|EXDATE)[;:]/.test(line)) {
      throw new Error(
        `\`${line.slice(0, 40)}\` is neither DTSTART, nor RRULE, nor EXDATE`,
      );
    }
  }
  const rules = lines.filter(line => line.startsWith('RRULE:'));
  if (rules.length > 1) {
    throw new Error('it has more than one RRULE; write a freeze for each');
  }
  const begins = lines.filter(line => !line.startsWith('RRULE:'));
  const rule = new RRuleTemporal({
    rruleString: [...begins, limitRule(rules[0] ?? 'RRULE:FREQ=DAILY')].join(
      '\n',
    ),
    maxIterations: MAX_PERIODS,
    strict: true,
  });
  const { dtstart } = rule.options();
  const begin = new Date(dtstart.epochMilliseconds);
  const zone = dtstart.timeZoneId;
  const year = begin.getUTCFullYear();
  if (year < FIRST_YEAR || year > LAST_YEAR) {
    throw new Error(
      `its DTSTART is not between ${FIRST_YEAR} and ${LAST_YEAR}`,
    );
  }
  const endOf = (from: Date) => addDuration({ begin: from, duration, zone });
  if (rules.length === 0) {
    return {
      lastBegin: at => (begin <= at ? begin : null),
      nextBegin: at => (begin > at ? begin : null),
      endOf,
    };
  }
  if (rule.next(begin, true) === null) {
    throw new Error('it never begins');
  }
  return {
    lastBegin: at => toDate(rule.previous(at, true)),
    nextBegin: at => toDate(rule.next(at, false)),
    endOf,
  };
}

/** The rule with an end, so that whatever it says there is an end to looking for its days. */
function limitRule(line: string): string {
  const parts = new Map(
    line
      .slice('RRULE:'.length)
      .split(';')
      .map(part => {
        const [name = '', value = ''] = part.split('=');
        return [name, value];
      }),
  );
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
  const until = parts.get('UNTIL');
  if (until !== undefined && Number(until.slice(0, 4)) > LAST_YEAR) {
    throw new Error(`its UNTIL is after ${LAST_YEAR}`);
  }
  return until === undefined ? `${line};UNTIL=${LAST_YEAR}1231T235959Z` : line;
}

function readCron(options: {
  cron: string;
  timeZone: string;
  duration: string;
}): FreezeTimes {
  const { timeZone, duration } = options;
  if (!IANAZone.isValidZone(timeZone)) {
    throw new Error(`there is no time zone \`${timeZone.slice(0, 40)}\``);
  }
  const cron = new Cron(options.cron, {
    mode: '5-part',
    timezone: timeZone,
    paused: true,
  });
  if (cron.nextRun(new Date(0)) === null) {
    throw new Error('it never begins');
  }
  return {
    // It begins at whole seconds, and what is asked for lies before the moment given.
    lastBegin: at =>
      cron.previousRuns(
        1,
        new Date(Math.floor(at.getTime() / 1_000) * 1_000 + 1_000),
      )[0] ?? null,
    nextBegin: at => cron.nextRun(at),
    endOf: begin => addDuration({ begin, duration, zone: timeZone }),
  };
}

/** Days are those of the calendar, hours and minutes those of the clock. */
function addDuration(options: {
  begin: Date;
  duration: string;
  zone: string;
}): Date {
  const [, days, hours, minutes] =
    /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?$/.exec(options.duration) ?? [];
  return DateTime.fromJSDate(options.begin, { zone: options.zone })
    .plus({
      days: Number(days ?? 0),
      hours: Number(hours ?? 0),
      minutes: Number(minutes ?? 0),
    })
    .toJSDate();
}

function toDate(occurrence: { epochMilliseconds: number } | null): Date | null {
  return occurrence && new Date(occurrence.epochMilliseconds);
}
