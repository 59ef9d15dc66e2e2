import { useCallback, useEffect, useRef, useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import { RunPage, ServiceRef } from '@slipway/plugin-deployments-common';
import { deploymentsApiRef } from '../api/deploymentsApiRef';
import { isInUse } from '../hooks/isInUse';
import { useLive } from '../hooks/useLive';
import { HistoryFilter, toRunFilter } from './useHistoryFilter';

/**
 * Watches the newest runs that the filter lets through. Changes are shown at once, but not while the
 * pointer or the focus is on the rows: then the runs that changed are counted and offered.
 */
export function useUpdates(options: {
  serviceRef: ServiceRef;
  filter: HistoryFilter;
  pageSize: number;
  /** Reads the rows anew. */
  onShow: () => void;
}) {
  const { serviceRef, filter, pageSize, onShow } = options;
  const api = useApi(deploymentsApiRef);
  const area = useRef<HTMLDivElement>(null);
  const key = `${serviceRef} ${JSON.stringify(filter)}`;
  const live = useLive({
    key,
    read: signal =>
      api.listRuns(
        serviceRef,
        { ...toRunFilter(filter), limit: pageSize },
        { signal },
      ),
    concerns: changed => changed.serviceRef === serviceRef,
  });
  const latest = live.value;
  const [shown, setShown] = useState<{ key: string; page: RunPage }>();
  const isKnown = shown?.key === key;
  const count = latest && isKnown ? countChanged(shown.page, latest) : 0;

  const show = useCallback(() => {
    if (latest) {
      setShown({ key, page: latest });
      onShow();
    }
  }, [key, latest, onShow]);

  useEffect(() => {
    if (latest && !isKnown) {
      setShown({ key, page: latest });
    } else if (count > 0 && !isInUse(area.current)) {
      show();
    }
  }, [count, isKnown, key, latest, show]);

  return { count, show, area, live };
}

/** How many runs of the newer page are new, or other than they were. */
function countChanged(before: RunPage, after: RunPage): number {
  const known = new Set(before.items.map(run => JSON.stringify(run)));
  return after.items.filter(run => !known.has(JSON.stringify(run))).length;
}
