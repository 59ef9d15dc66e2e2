import { useApi } from '@backstage/frontend-plugin-api';
import { ServiceRef, ServiceState } from '@slipway/plugin-deployments-common';
import { deploymentsApiRef } from '../api/deploymentsApiRef';
import { useLive, UseLiveResult } from './useLive';

/** The environments of a service, kept up to date. */
export function useService(
  serviceRef: ServiceRef,
): UseLiveResult<ServiceState> {
  const api = useApi(deploymentsApiRef);
  return useLive({
    key: serviceRef,
    read: signal => api.getService(serviceRef, { signal }),
    concerns: changed => changed.serviceRef === serviceRef,
  });
}
