import { RiLockLine } from '@remixicon/react';
import { useTranslation } from '../hooks/useTranslation';
import { EmptyState } from './EmptyState';

/** Says that there is something which the person may not see, and what they would need. */
export function ForbiddenState(props: { permission: string; on: string }) {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon={RiLockLine}
      title={t('forbidden.title', { on: props.on })}
      description={t('forbidden.description', {
        permission: props.permission,
        on: props.on,
      })}
    />
  );
}
