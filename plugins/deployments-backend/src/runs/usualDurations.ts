import {
  EnvironmentName,
  Operation,
  RunId,
  ServiceRef,
} from '@slipway/plugin-deployments-common';
import { Stores } from '../stores';

/** How many successes "usual" is taken from. */
const SAMPLE = 20;

export type UsualDurations = {
  /** Milliseconds; null where the operation never succeeded there. */
  runMs: number | null;
  /** Milliseconds, by step id. */
  stepMs: ReadonlyMap<string, number>;
};

/**
 * How long an operation usually takes in an environment: the median of its last 20 successes, whole and step by step. A step
 * that was cut off and taken up again took as long as the portal was away, which says nothing.
 */
export async function findUsualDurations(options: {
  stores: Stores;
  serviceRef: ServiceRef;
  environment: EnvironmentName;
  operation: Operation;
}): Promise<UsualDurations> {
  const { stores, ...of } = options;
  const runs = await stores.runs.listSuccesses({ ...of, limit: SAMPLE });
  const steps = await stores.steps.list(runs.map(({ id }) => id));
  const resumed = new Set<RunId>();
  const byStep = new Map<string, number[]>();
  for (const step of steps) {
    if (step.attempt > 1) {
      resumed.add(step.runId);
      continue;
    }
    const ms = step.status === 'succeeded' ? measure(step) : null;
    if (ms !== null) {
      byStep.set(step.id, [...(byStep.get(step.id) ?? []), ms]);
    }
  }
  return {
    runMs: median(
      runs
        .filter(({ id }) => !resumed.has(id))
        .map(measure)
        .filter(ms => ms !== null),
    ),
    stepMs: new Map(
      [...byStep].map(([id, durations]) => [id, median(durations) ?? 0]),
    ),
  };
}

function measure(timed: {
  startedAt: string | null;
  finishedAt: string | null;
}): number | null {
  return timed.startedAt && timed.finishedAt
    ? Math.max(0, Date.parse(timed.finishedAt) - Date.parse(timed.startedAt))
    : null;
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined
    ? null
    : (lower + upper) / 2;
}
