import {
  RemixiconComponentType,
  RiErrorWarningLine,
  RiHeartPulseFill,
  RiPulseLine,
  RiQuestionLine,
  RiWifiOffLine,
} from '@remixicon/react';
import { Health, ObservedState } from '@slipway/plugin-deployments-common';
import { useTranslation } from '../hooks/useTranslation';
import { StatusMark, Tone } from './StatusMark';

const LOOKS: Record<Health, { icon: RemixiconComponentType; tone: Tone }> = {
  healthy: { icon: RiHeartPulseFill, tone: 'success' },
  degraded: { icon: RiPulseLine, tone: 'warning' },
  unhealthy: { icon: RiErrorWarningLine, tone: 'danger' },
  unknown: { icon: RiQuestionLine, tone: 'neutral' },
};

/** Whether what runs is well, as the target says; what nobody knows is never healthy. */
export function HealthMark({ observed }: { observed: ObservedState | null }) {
  const { t } = useTranslation();
  if (observed === null) {
    return (
      <StatusMark icon={RiQuestionLine} tone="neutral">
        {t('health.notAsked')}
      </StatusMark>
    );
  }
  if (observed.reach === 'unreachable') {
    return (
      <StatusMark icon={RiWifiOffLine} tone="warning">
        {t('health.unreachable')}
      </StatusMark>
    );
  }
  return (
    <StatusMark {...LOOKS[observed.health]}>
      {t(`health.${observed.health}`)}
    </StatusMark>
  );
}
