import { useNavigate } from 'react-router-dom';
import {
  Availability,
  EnvironmentState,
} from '@slipway/plugin-deployments-common';
import { usePaths } from '../hooks/usePaths';
import { useTranslation } from '../hooks/useTranslation';
import { Action, ActionBar } from '../shared/ActionBar';
import { OpenEnvironment } from './types';

/** Promote onward, roll back, deploy: what can be done from this card, and why not. */
export function EnvironmentActions(props: {
  environment: OpenEnvironment;
  next: EnvironmentState | undefined;
}) {
  const { environment, next } = props;
  const { may, ahead } = environment;
  const navigate = useNavigate();
  const paths = usePaths();
  const { t } = useTranslation();

  const isNothingNew = ahead?.comparison === 'counted' && ahead.commits === 0;
  const promote: Action[] = next
    ? [
        {
          label: t('action.promoteTo', { environment: next.name }),
          availability: promotionInto(next),
          variant: isNothingNew ? 'secondary' : 'primary',
          onPress: () => navigate(paths.plan('promote', next.name)),
        },
      ]
    : [];
  return (
    <ActionBar
      actions={[
        ...promote,
        {
          label: t('action.rollback'),
          availability: may.rollback,
          onPress: () => navigate(paths.plan('rollback', environment.name)),
        },
        {
          label: t('action.deploy'),
          availability: may.deploy,
          onPress: () => navigate(paths.plan('deploy', environment.name)),
        },
      ]}
    />
  );

  function promotionInto(target: EnvironmentState): Availability {
    return target.access === 'open'
      ? target.may.promote
      : {
          allowed: false,
          reason: t('environment.nextForbidden', { environment: target.name }),
        };
  }
}
