import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import { RunId } from '@slipway/plugin-deployments-common';
import { deploymentsApiRef } from '../api/deploymentsApiRef';
import { RunLog, RunLogState } from './RunLog';

/** The whole log of a run, and what it still writes. */
export function useRunLog(runId: RunId): RunLogState & { reload: () => void } {
  const api = useApi(deploymentsApiRef);
  const log = useMemo(
    () => new RunLog(signal => api.followLog(runId, { after: 0 }, { signal })),
    [api, runId],
  );
  useEffect(() => {
    log.start();
    return () => log.stop();
  }, [log]);
  const state = useSyncExternalStore(log.subscribe, log.getSnapshot);
  const reload = () => {
    log.stop();
    log.start();
  };
  return { ...state, reload };
}
