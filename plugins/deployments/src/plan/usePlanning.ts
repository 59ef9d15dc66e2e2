import { useCallback, useEffect, useRef, useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import {
  PlanRequest,
  PlanReview,
  Run,
  ServiceRef,
} from '@slipway/plugin-deployments-common';
import { deploymentsApiRef } from '../api/deploymentsApiRef';
import { isConflict } from '../shared/ErrorAlert';

/** Where a person stands between wanting something and having it run. */
export type Planning =
  /** Something must be chosen before there can be a plan. */
  | { status: 'choosing' }
  | { status: 'planning' }
  | { status: 'unplanned'; error: Error }
  | { status: 'review'; plan: PlanReview; error?: Error }
  | { status: 'submitting'; plan: PlanReview }
  /** The plan came out different when it was confirmed: `plan` is what it is now. */
  | { status: 'changed'; before: PlanReview; plan: PlanReview };

/**
 * Makes the plan of a request, confirms exactly that plan, and when it is refused because it no
 * longer holds, makes it anew and shows both. However often it is pressed, it submits once.
 */
export function usePlanning(options: {
  serviceRef: ServiceRef;
  request: PlanRequest | undefined;
  onStarted: (run: Run) => void;
}) {
  const { serviceRef, request, onStarted } = options;
  const api = useApi(deploymentsApiRef);
  const [planning, setPlanning] = useState<Planning>({ status: 'choosing' });
  const isSubmitting = useRef(false);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    if (!request) {
      setPlanning({ status: 'choosing' });
      return undefined;
    }
    const abort = new AbortController();
    setPlanning({ status: 'planning' });
    api.createPlan(serviceRef, request, { signal: abort.signal }).then(
      plan => {
        if (!abort.signal.aborted) {
          setPlanning({ status: 'review', plan });
        }
      },
      error => {
        if (!abort.signal.aborted) {
          setPlanning({ status: 'unplanned', error });
        }
      },
    );
    return () => abort.abort();
  }, [api, serviceRef, request, attempt]);

  const confirm = useCallback(
    async (plan: PlanReview, reason: string) => {
      if (isSubmitting.current || !request) {
        return;
      }
      isSubmitting.current = true;
      setPlanning({ status: 'submitting', plan });
      try {
        onStarted(
          await api.startRun({
            planHash: plan.hash,
            reason: reason.trim() || undefined,
          }),
        );
      } catch (error) {
        isSubmitting.current = false;
        setPlanning(
          await explainRefusal({
            plan,
            error: error instanceof Error ? error : new Error(String(error)),
            replan: () => api.createPlan(serviceRef, request),
          }),
        );
      }
    },
    [api, onStarted, request, serviceRef],
  );

  return {
    planning,
    confirm,
    /** Takes the changed plan as the one under review. */
    reviewAgain: (plan: PlanReview) => setPlanning({ status: 'review', plan }),
    retry: () => setAttempt(count => count + 1),
  };
}

async function explainRefusal(options: {
  plan: PlanReview;
  error: Error;
  replan: () => Promise<PlanReview>;
}): Promise<Planning> {
  const { plan, error, replan } = options;
  if (!isConflict(error)) {
    return { status: 'review', plan, error };
  }
  try {
    const now = await replan();
    return now.hash === plan.hash
      ? { status: 'review', plan, error }
      : { status: 'changed', before: plan, plan: now };
  } catch {
    return { status: 'review', plan, error };
  }
}
