import { useApi } from '@backstage/frontend-plugin-api';
import { isFinished, Run, RunId } from '@slipway/plugin-deployments-common';
import { deploymentsApiRef } from '../api/deploymentsApiRef';
import { useLive, UseLiveResult } from './useLive';

/** A run, kept up to date until it is finished. */
export function useRun(runId: RunId): UseLiveResult<Run> {
  const api = useApi(deploymentsApiRef);
  return useLive({
    key: runId,
    read: signal => api.getRun(runId, { signal }),
    concerns: changed => changed.runId === runId || changed.runId === null,
    isFinal: run => isFinished(run.state.phase),
  });
}
