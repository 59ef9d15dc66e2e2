import { useApi } from '@backstage/frontend-plugin-api';
import { ServiceRef } from '@slipway/plugin-deployments-common';
import { deploymentsApiRef } from '../api/deploymentsApiRef';
import { useLive } from './useLive';

/** Entity references of all who ever asked for a run of a service; empty until they are known. */
export function useRequesters(serviceRef: ServiceRef): readonly string[] {
  const api = useApi(deploymentsApiRef);
  const { value } = useLive({
    key: serviceRef,
    read: signal => api.listRequesters(serviceRef, { signal }),
    concerns: changed => changed.serviceRef === serviceRef,
    isFinal: () => true,
  });
  return value ?? [];
}
