import {
  EnvironmentName,
  ReleaseId,
  ServiceRef,
} from '@slipway/plugin-deployments-common';
import { Stores } from '../stores';

/** How many successes are looked through. */
const MAX_RUNS = 100;

/** The release that served before the present one was put there; null where no run tells. */
export async function findPreviousRelease(options: {
  stores: Stores;
  serviceRef: ServiceRef;
  environment: EnvironmentName;
  current: ReleaseId;
}): Promise<ReleaseId | null> {
  const { stores, serviceRef, environment, current } = options;
  const { items } = await stores.runs.list(serviceRef, {
    environment,
    phases: ['succeeded'],
    limit: MAX_RUNS,
  });
  const run = items.find(
    ({ releaseId, fromReleaseId }) =>
      releaseId === current && fromReleaseId !== current,
  );
  return run?.fromReleaseId ?? null;
}
