import { ActiveFreeze } from '@slipway/plugin-deployments-common';
import { FreezeSpec } from '@slipway/plugin-deployments-node';
import { readFreezeTimes } from './freezeTimes';

/** How many freezes that follow each other without a gap are taken for one; whoever waits looks again at its end. */
const MAX_JOINED = 100;

/**
 * The freeze that a moment lies in, with its end; null where it lies in none. Those that overlap are one.
 *
 * @throws Error where the freeze is not well formed.
 */
export function findFreeze(freeze: FreezeSpec, at: Date): ActiveFreeze | null {
  const times = readFreezeTimes(freeze);
  const begin = times.lastBegin(at);
  if (!begin) {
    return null;
  }
  let end = times.endOf(begin);
  if (end <= at) {
    return null;
  }
  let latest = begin;
  for (let joined = 1; joined < MAX_JOINED; joined += 1) {
    const next = times.nextBegin(latest);
    if (!next || next > end) {
      break;
    }
    latest = next;
    end = times.endOf(next);
  }
  return { name: freeze.name, reason: freeze.reason, until: end.toISOString() };
}
