import {
  RiArrowLeftRightLine,
  RiEqualLine,
  RiQuestionLine,
} from '@remixicon/react';
import { Drift, ObservedState } from '@slipway/plugin-deployments-common';
import { useTranslation } from '../hooks/useTranslation';
import { StatusMark } from './StatusMark';

/** Whether the target runs what was deployed there. */
export function DriftMark(props: {
  drift: readonly Drift[];
  observed: ObservedState | null;
}) {
  const { drift, observed } = props;
  const { t } = useTranslation();
  if (observed?.reach !== 'reached') {
    return (
      <StatusMark icon={RiQuestionLine} tone="neutral">
        {t('drift.unknown')}
      </StatusMark>
    );
  }
  return drift.length > 0 ? (
    <StatusMark icon={RiArrowLeftRightLine} tone="warning">
      {t('drift.some', { number: String(drift.length) })}
    </StatusMark>
  ) : (
    <StatusMark icon={RiEqualLine} tone="neutral">
      {t('drift.none')}
    </StatusMark>
  );
}
