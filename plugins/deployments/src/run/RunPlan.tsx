import { PlanHash } from '@slipway/plugin-deployments-common';
import { usePlan } from '../hooks/usePlan';
import { useTranslation } from '../hooks/useTranslation';
import { PlanSkeleton } from '../plan/PlanSkeleton';
import { PlanView } from '../plan/PlanView';
import { PageError } from '../shared/PageError';

/** The plan that a run carries out. */
export function RunPlan({ planHash }: { planHash: PlanHash }) {
  const { t } = useTranslation();
  const { value, error, reload } = usePlan(planHash);
  if (value) {
    return <PlanView plan={value} />;
  }
  return error ? (
    <PageError title={t('run.planNotRead')} error={error} onRetry={reload} />
  ) : (
    <PlanSkeleton />
  );
}
