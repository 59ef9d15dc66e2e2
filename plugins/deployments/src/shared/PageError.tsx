import { RiLockLine } from '@remixicon/react';
import { useTranslation } from '../hooks/useTranslation';
import { EmptyState } from './EmptyState';
import { ErrorAlert, isForbidden, sentenceOf } from './ErrorAlert';

/** Why a screen, or a part of it, could not be read. What a person may not see is no error: it is locked. */
export function PageError(props: {
  title: string;
  error: Error;
  onRetry: () => void;
}) {
  const { t } = useTranslation();
  return isForbidden(props.error) ? (
    <EmptyState
      icon={RiLockLine}
      title={t('forbidden.page')}
      description={sentenceOf(props.error)}
    />
  ) : (
    <ErrorAlert {...props} />
  );
}
