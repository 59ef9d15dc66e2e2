import { ActiveFreeze } from '@slipway/plugin-deployments-common';
import { FreezeSpec } from '@slipway/plugin-deployments-node';
import { FreezeTimes, readFreezeTimes } from './freezeTimes';

/** How often freezes that follow each other without a gap are joined to one; whoever waits looks again at its end. */
const MAX_JOINED = 5;

/** A time that is frozen as a whole, or free as a whole. `until` is null where nothing begins any more. */
type Window =
  | { frozen: true; from: Date; until: Date }
  | { frozen: false; from: Date; until: Date | null };

/** The window that was asked for last, so that nothing is computed until it ends. */
const lastWindows = new WeakMap<FreezeTimes, Window>();

/**
 * The freeze that a moment lies in, with its end; null where it lies in none. Those that overlap are one. Computing takes some
 * milliseconds, and is done once for all moments up to the end of the freeze, or the begin of the next one.
 *
 * @throws Error where the freeze is not well formed.
 */
export function findFreeze(freeze: FreezeSpec, at: Date): ActiveFreeze | null {
  const times = readFreezeTimes(freeze);
  const { frozen, until } = findWindow(times, at);
  return frozen
    ? { name: freeze.name, reason: freeze.reason, until: until.toISOString() }
    : null;
}

function findWindow(times: FreezeTimes, at: Date): Window {
  const known = lastWindows.get(times);
  if (known && known.from <= at && (!known.until || at < known.until)) {
    return known;
  }
  const begin = findBegin(times, at);
  const window: Window = begin
    ? { frozen: true, from: begin, until: joinFollowing(times, begin) }
    : { frozen: false, from: at, until: times.nextBegin(at) };
  lastWindows.set(times, window);
  return window;
}

/** The begin of a freeze that lasts at a moment. It is looked for forwards only: backwards the library for cron fails at months. */
function findBegin(times: FreezeTimes, at: Date): Date | null {
  for (const start of times.duration.startsOfSearch(at)) {
    let begin = times.nextBegin(start);
    while (begin && begin <= at) {
      if (times.duration.endOf(begin) > at) {
        return begin;
      }
      begin = times.nextBegin(begin);
    }
  }
  return null;
}

/** The end of a freeze and of those that begin before it ends. */
function joinFollowing(times: FreezeTimes, begin: Date): Date {
  let latest = begin;
  let end = times.duration.endOf(begin);
  for (let joined = 0; joined < MAX_JOINED; joined += 1) {
    const next = findFollowing(times, { after: latest, until: end });
    if (!next) {
      break;
    }
    latest = next;
    end = new Date(
      Math.max(end.getTime(), times.duration.endOf(next).getTime()),
    );
  }
  return end;
}

/** A begin up to an end, a late one where there are many, so that few steps go far. */
function findFollowing(
  times: FreezeTimes,
  { after, until }: { after: Date; until: Date },
): Date | null {
  const middle = new Date((after.getTime() + until.getTime()) / 2);
  for (const from of [middle, after]) {
    const next = times.nextBegin(from);
    if (next && next <= until) {
      return next;
    }
  }
  return null;
}
