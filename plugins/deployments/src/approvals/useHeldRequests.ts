import { useCallback, useEffect, useRef, useState } from 'react';
import { ApprovalRequest, RunId } from '@slipway/plugin-deployments-common';
import { isInUse } from '../hooks/isInUse';

/** Requests that keep still while the pointer or the focus is on them: what changed meanwhile is counted and offered. */
export function useHeldRequests(latest: readonly ApprovalRequest[]) {
  const area = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState(latest);
  useEffect(() => {
    if (!isInUse(area.current)) {
      setShown(latest);
    }
  }, [latest]);
  return {
    shown,
    count: countChanged(shown, latest),
    show: () => setShown(latest),
    /** Takes a row away at once, because its person has done with it. */
    remove: useCallback(
      (id: RunId) =>
        setShown(known => known.filter(({ run }) => run.id !== id)),
      [],
    ),
    area,
  };
}

/** How many requests came, went or are other than they were. */
function countChanged(
  before: readonly ApprovalRequest[],
  after: readonly ApprovalRequest[],
): number {
  const known = new Map(
    before.map(item => [item.run.id, JSON.stringify(item)]),
  );
  const present = new Map(
    after.map(item => [item.run.id, JSON.stringify(item)]),
  );
  return [...new Set([...known.keys(), ...present.keys()])].filter(
    id => known.get(id) !== present.get(id),
  ).length;
}
