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
  const crons = splitDays(text).map(part => ({
    part,
    cron: new Cron(part, { mode: '5-part', timezone: zone, paused: true }),
  }));
  return {
    zone,
    nextBegin: (after: Date) => {
      const begins = crons
        .flatMap(({ part, cron }) => [
          cron.nextRun(after),
          findJumpedOver({ cron: part, zone, after }),
        ])
        .flatMap(begin => begin?.getTime() ?? []);
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
 * Where clocks jump from 2:00 to 3:00, what is at 2:15 and at 2:30 begins at 3:15 and 3:30. The library has only the first of them, and
 * none once it is 3:00; for the hour after the jump it is asked by the clocks from before.
 */
function findJumpedOver(options: {
  cron: string;
  zone: string;
  after: Date;
}): Date | null {
  const { cron, zone, after } = options;
  const jump = measureJump(after, zone);
  if (jump === 0) {
    return null;
  }
  const begin = new Cron(cron, {
    mode: '5-part',
    utcOffset: IANAZone.create(zone).offset(after.getTime() - jump),
    paused: true,
  }).nextRun(after);
  return begin && measureJump(begin, zone) > 0 ? begin : null;
}

/** How far clocks jumped, in milliseconds, where that is less long ago than they jumped; otherwise 0. */
function measureJump(at: Date, zone: string): number {
  const clocks = IANAZone.create(zone);
  const now = at.getTime();
  const jump =
    (clocks.offset(now) - clocks.offset(now - LONGEST_JUMP_MS)) * 60_000;
  return jump > 0 && clocks.offset(now - jump) < clocks.offset(now) ? jump : 0;
}
