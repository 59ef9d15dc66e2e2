import { useEffect, useRef } from 'react';
import { useApiHolder } from '@backstage/frontend-plugin-api';
import { signalApiRef } from '@backstage/plugin-signals-react';
import {
  DEPLOYMENTS_SIGNAL_CHANNEL,
  DeploymentsSignal,
} from '@slipway/plugin-deployments-common';

/** Calls back whenever something of a service changed, where the portal has the signals plugin. */
export function useDeploymentsSignal(
  onSignal: (signal: DeploymentsSignal) => void,
): void {
  const signals = useApiHolder().get(signalApiRef);
  const latest = useRef(onSignal);
  useEffect(() => {
    latest.current = onSignal;
  });
  useEffect(() => {
    const subscription = signals?.subscribe<DeploymentsSignal>(
      DEPLOYMENTS_SIGNAL_CHANNEL,
      signal => latest.current(signal),
    );
    return () => subscription?.unsubscribe();
  }, [signals]);
}

/** Whether the portal has the signals plugin. */
export function useSignalsAvailable(): boolean {
  return useApiHolder().get(signalApiRef) !== undefined;
}
