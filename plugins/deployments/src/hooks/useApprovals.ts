import { useApi } from '@backstage/frontend-plugin-api';
import {
  ApprovalList,
  ApprovalScope,
} from '@slipway/plugin-deployments-common';
import { deploymentsApiRef } from '../api/deploymentsApiRef';
import { useLive, UseLiveResult } from './useLive';

/** What waits for approval, or was decided, kept up to date. */
export function useApprovals(
  scope: ApprovalScope,
): UseLiveResult<ApprovalList> {
  const api = useApi(deploymentsApiRef);
  return useLive({
    key: scope,
    read: signal => api.listApprovals(scope, { signal }),
    concerns: () => true,
  });
}
