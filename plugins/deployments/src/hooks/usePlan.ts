import { useApi } from '@backstage/frontend-plugin-api';
import { PlanHash, PlanReview } from '@slipway/plugin-deployments-common';
import { deploymentsApiRef } from '../api/deploymentsApiRef';
import { useLive, UseLiveResult } from './useLive';

/** A plan that was computed before. Plans never change; how its gates stand is as of when it was read. */
export function usePlan(hash: PlanHash): UseLiveResult<PlanReview> {
  const api = useApi(deploymentsApiRef);
  return useLive({
    key: hash,
    read: signal => api.getPlan(hash, { signal }),
    concerns: () => false,
    isFinal: () => true,
  });
}
