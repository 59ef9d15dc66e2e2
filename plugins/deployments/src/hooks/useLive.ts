import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { DeploymentsSignal } from '@slipway/plugin-deployments-common';
import { Live, LiveReader } from './LiveReader';
import {
  useDeploymentsSignal,
  useSignalsAvailable,
} from './useDeploymentsSignal';

/** How often to read unasked where signals tell of changes, and where nothing does, milliseconds. */
const WITH_SIGNALS_MS = 15_000;
const WITHOUT_SIGNALS_MS = 4_000;

export type UseLiveOptions<T> = {
  /** Says what is read: another key begins anew, with nothing known. */
  key: string;
  read: (signal: AbortSignal) => Promise<T>;
  /** Whether a signal is about what is read here. */
  concerns: (signal: DeploymentsSignal) => boolean;
  /** Whether what was read can no longer change. */
  isFinal?: (value: T) => boolean;
};

export type UseLiveResult<T> = Live<T> & {
  reload: () => Promise<void>;
  /** Takes a newer value that the answer to a command brought along. */
  put: (value: T) => void;
};

/** Keeps something up to date on the screen; see {@link LiveReader}. */
export function useLive<T>(options: UseLiveOptions<T>): UseLiveResult<T> {
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });

  const { key } = options;
  const areSignalsAvailable = useSignalsAvailable();
  const reader = useMemo(
    () =>
      new LiveReader<T>({
        key,
        read: signal => latest.current.read(signal),
        interval: value => {
          if (value !== undefined && latest.current.isFinal?.(value)) {
            return null;
          }
          return areSignalsAvailable ? WITH_SIGNALS_MS : WITHOUT_SIGNALS_MS;
        },
      }),
    [key, areSignalsAvailable],
  );
  useDeploymentsSignal(signal => {
    if (latest.current.concerns(signal)) {
      reader.hint();
    }
  });
  useEffect(() => {
    reader.start();
    return () => reader.stop();
  }, [reader]);

  const live = useSyncExternalStore(reader.subscribe, reader.getSnapshot);
  return { ...live, reload: reader.reload, put: reader.put };
}
