import { FreezeSpec } from '@slipway/plugin-deployments-node';
import { Cron } from 'croner';
import { IANAZone } from 'luxon';
import { FreezeDuration } from './FreezeDuration';
import { readRuleBegins } from './readRuleBegins';

/** How many freezes are remembered as they were read. */
const MAX_REMEMBERED = 2_000;

/** Clocks jump by half an hour, by one or by two. */
const LONGEST_JUMP_MS = 3 * 60 * 60_000;

/** When freezes of one sort begin and end. */
export interface FreezeTimes {
  /** The first begin after a moment. */
  nextBegin(after: Date): Date | null;
  duration: FreezeDuration;
}

type Reading = { times: FreezeTimes } | { error: unknown };

const remembered = new Map<string, Reading>();

/**
 * Reads when a freeze is. The same times are the same object, for as long as they are remembered.
 *
 * @throws Error with a part of a sentence for people, where it is not well formed, never begins, or begins too often.
 */
export function readFreezeTimes(freeze: FreezeSpec): FreezeTimes {
  const { rrule, cron, timeZone, duration } = freeze;
  const key = JSON.stringify([rrule, cron, timeZone, duration]);
  const known = remembered.get(key) ?? tryToRead(freeze);
  remembered.delete(key);
  remembered.set(key, known);
  if (remembered.size > MAX_REMEMBERED) {
    const [oldest = key] = remembered.keys();
    remembered.delete(oldest);
  }
  if ('error' in known) {
    throw known.error;
  }
  return known.times;
}

function tryToRead(freeze: FreezeSpec): Reading {
  try {
    return { times: readTimes(freeze) };
  } catch (error) {
    return { error };
  }
}

function readTimes(freeze: FreezeSpec): FreezeTimes {
  const { zone, nextBegin } = readBegins(freeze);
  if (nextBegin(new Date(0)) === null) {
    throw new Error('it never begins');
  }
  return {
    nextBegin,
    duration: new FreezeDuration({ duration: freeze.duration, zone }),
  };
}

function readBegins({ rrule, cron, timeZone }: FreezeSpec) {
  if (rrule !== undefined && cron === undefined) {
    if (timeZone !== undefined) {
      throw new Error('the time zone of an rrule is the TZID of its DTSTART');
    }
    return readRuleBegins(rrule);
  }
  if (cron !== undefined && rrule === undefined) {
    if (timeZone === undefined) {
      throw new Error('it has cron, so it needs a timeZone');
    }
    return readCronBegins(cron, timeZone);
  }
  throw new Error('it needs either rrule, or cron and timeZone');
}

function readCronBegins(text: string, zone: string) {
  if (!IANAZone.isValidZone(zone)) {
    throw new Error(`there is no time zone \`${zone.slice(0, 40)}\``);
  }
  const crons = splitDays(text).map(
    part => new Cron(part, { mode: '5-part', timezone: zone, paused: true }),
  );
  return {
    zone,
    nextBegin: (after: Date) => {
      const start = beforeJump(after, zone);
      const begins = crons.flatMap(cron => {
        let begin = cron.nextRun(start);
        while (begin && begin <= after) {
          begin = cron.nextRun(begin);
        }
        return begin ? begin.getTime() : [];
      });
      return begins.length > 0 ? new Date(Math.min(...begins)) : null;
    },
  };
}

/**
 * Days of the month or days of the week: where a cron has both, either counts. The library is asked for each alone, for together it
 * leaves out days that follow a short month.
 */
function splitDays(text: string): string[] {
  const [minute, hour, day, month, weekday, ...more] = text.trim().split(/\s+/);
  const isAny = (field: string) => field === '*' || field === '?';
  if (
    day === undefined ||
    weekday === undefined ||
    more.length > 0 ||
    isAny(day) ||
    isAny(weekday) ||
    weekday.startsWith('+')
  ) {
    return [text];
  }
  return [
    [minute, hour, day, month, '*'].join(' '),
    [minute, hour, '*', month, weekday].join(' '),
  ];
}

/**
 * The moment to ask the library for the next begin from. Where clocks jump from 2:00 to 3:00, what is at 2:30 begins at 3:30: from 3:10
 * the library would not see it any more.
 */
function beforeJump(after: Date, zone: string): Date {
  const clocks = IANAZone.create(zone);
  const now = after.getTime();
  const jump =
    (clocks.offset(now) - clocks.offset(now - LONGEST_JUMP_MS)) * 60_000;
  const isAfterJump =
    jump > 0 && clocks.offset(now - jump) < clocks.offset(now);
  return isAfterJump ? new Date(now - jump) : after;
}
