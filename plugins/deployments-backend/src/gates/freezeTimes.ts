import { FreezeSpec } from '@slipway/plugin-deployments-node';
import { Cron } from 'croner';
import { DateTime, IANAZone } from 'luxon';
import { RRuleTemporal } from 'rrule-temporal';

/** How many periods of a rule are looked through for the next one that it is true in: a leap day comes after 8 years at most. */
const MAX_PERIODS = 4_000;

/** What a rule of a freeze may say. Its time of day is that of DTSTART, so it begins once a day at most. */
const RULE_PARTS = [
  'FREQ',
  'INTERVAL',
  'COUNT',
  'UNTIL',
  'WKST',
  'BYDAY',
  'BYMONTH',
  'BYMONTHDAY',
  'BYSETPOS',
  'BYWEEKNO',
  'BYYEARDAY',
];

const FREQUENCIES = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'];

/** When freezes of one sort begin and end. */
export interface FreezeTimes {
  /** The last begin at a moment or before it. */
  lastBegin(at: Date): Date | null;
  /** The first begin after a moment. */
  nextBegin(at: Date): Date | null;
  endOf(begin: Date): Date;
}

/**
 * Reads when a freeze is. Whatever this takes can be asked for any moment in a few milliseconds.
 *
 * @throws Error with a part of a sentence for people, where it is not well formed, never begins, or begins too often.
 */
export function readFreezeTimes(freeze: FreezeSpec): FreezeTimes {
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
  rules.forEach(checkRule);
  const rule = new RRuleTemporal({
    // What has no rule happens once.
    rruleString: [
      ...lines.filter(line => !line.startsWith('RRULE:')),
      rules[0] ?? 'RRULE:FREQ=DAILY;COUNT=1',
    ].join('\n'),
    maxIterations: MAX_PERIODS,
    strict: true,
  });
  const { dtstart } = rule.options();
  if (rule.next(new Date(dtstart.epochMilliseconds), true) === null) {
    throw new Error('it never begins');
  }
  const zone = dtstart.timeZoneId;
  return {
    lastBegin: at => toDate(rule.previous(at, true)),
    nextBegin: at => toDate(rule.next(at, false)),
    endOf: begin => addDuration({ begin, duration, zone }),
  };
}

function checkRule(line: string): void {
  for (const part of line.slice('RRULE:'.length).split(';')) {
    const [name = '', value = ''] = part.split('=');
    if (!RULE_PARTS.includes(name)) {
      throw new Error(
        `\`${name.slice(0, 40)}\` cannot be in its rule: the time of day is that of DTSTART`,
      );
    }
    if (name === 'FREQ' && !FREQUENCIES.includes(value)) {
      throw new Error(`it can begin once a day at most, not ${value}`);
    }
  }
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
