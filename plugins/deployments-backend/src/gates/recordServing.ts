import {
  EnvironmentName,
  ObservedState,
  Release,
  ServiceRef,
} from '@slipway/plugin-deployments-common';
import { computeDrift } from '../observation/computeDrift';
import { Serving, Stores } from '../stores';
import { MAX_SILENCE_MS } from './judgeSoak';

const MAX_SETBACK_CHARS = 500;

/**
 * Counts how long an environment serves a release well, with each answer of its target. The time begins anew with another release,
 * and where it was unhealthy or drifted. Time in which the target did not answer, or nobody asked it, does not count.
 */
export async function recordServing(options: {
  stores: Stores;
  serviceRef: ServiceRef;
  environment: EnvironmentName;
  observed: ObservedState;
  /** How often targets are asked, milliseconds. */
  intervalMs: number;
}): Promise<void> {
  const { stores, serviceRef, environment, observed, intervalMs } = options;
  const key = { serviceRef, environment };
  const deployed = await findDeployed(stores, key);
  await stores.serving.update(key, before =>
    countServing({
      before,
      observed,
      deployed,
      maxGapMs: Math.max(MAX_SILENCE_MS, 3 * intervalMs),
    }),
  );
}

/** How long a release has served, given what was known before and what its target says now. */
export function countServing(options: {
  before: Serving | undefined;
  observed: ObservedState;
  /** What we last put there. */
  deployed: Release | null;
  /** The longest time between two answers that counts. */
  maxGapMs: number;
}): Serving {
  const { observed, deployed, maxGapMs } = options;
  const { askedAt } = observed;
  const before: Serving = options.before ?? {
    releaseId: null,
    servedMs: 0,
    askedAt,
    setback: null,
  };
  if (observed.reach === 'unreachable' || observed.health === 'unknown') {
    return { ...before, askedAt };
  }
  const trouble = describeTrouble(observed, deployed);
  if (trouble !== null || !observed.release?.id) {
    return {
      releaseId: null,
      servedMs: 0,
      askedAt,
      setback: trouble?.slice(0, MAX_SETBACK_CHARS) ?? null,
    };
  }
  const { id } = observed.release;
  if (before.releaseId !== id) {
    return {
      releaseId: id,
      servedMs: 0,
      askedAt,
      setback: before.releaseId === null ? before.setback : null,
    };
  }
  const gapMs = Date.parse(askedAt) - Date.parse(before.askedAt);
  return {
    ...before,
    askedAt,
    servedMs: before.servedMs + (gapMs > 0 && gapMs <= maxGapMs ? gapMs : 0),
  };
}

/** What keeps time from counting, a sentence; null where all is well. */
function describeTrouble(
  observed: Extract<ObservedState, { reach: 'reached' }>,
  deployed: Release | null,
): string | null {
  if (observed.health !== 'healthy') {
    return `It was ${observed.health} at ${observed.askedAt}.`;
  }
  const [drift] = computeDrift({ deployed, observed });
  return drift
    ? `It had drifted at ${observed.askedAt}: ${drift.what} ${drift.actual} instead of ${drift.expected}.`
    : null;
}

async function findDeployed(
  stores: Stores,
  key: { serviceRef: ServiceRef; environment: EnvironmentName },
): Promise<Release | null> {
  const run = await stores.runs.getLastDeployed(
    key.serviceRef,
    key.environment,
  );
  const id = run && (run.rolledBackTo ?? run.releaseId);
  return (id && (await stores.releases.get(id))) ?? null;
}
