import { Alert, Button } from '@backstage/ui';
import { ResponseError } from '@backstage/errors';
import { useTranslation } from '../hooks/useTranslation';

/** Why something could not be done: the cause whole, the next step, and the id to ask about. */
export function ErrorAlert(props: {
  title: string;
  error: Error;
  onRetry?: () => void;
}) {
  const { title, error, onRetry } = props;
  const { t } = useTranslation();
  const requestId = requestIdOf(error);
  return (
    <Alert
      role="alert"
      status="danger"
      icon
      title={title}
      description={
        <>
          {sentenceOf(error)}
          {requestId && (
            <>
              {' '}
              <small>{t('error.request', { id: requestId })}</small>
            </>
          )}
        </>
      }
      customActions={
        onRetry && (
          <Button size="small" variant="secondary" onPress={onRetry}>
            {t('error.retry')}
          </Button>
        )
      }
    />
  );
}

/** Whether the person lacks a permission for what they asked. */
export function isForbidden(error: Error): boolean {
  return error instanceof ResponseError && error.statusCode === 403;
}

/** Whether what was asked for contradicts how things stand now. */
export function isConflict(error: Error): boolean {
  return error instanceof ResponseError && error.statusCode === 409;
}

/** The backend's own sentence where there is one. */
export function sentenceOf(error: Error): string {
  return error instanceof ResponseError
    ? error.body.error.message
    : error.message;
}

function requestIdOf(error: Error): string | undefined {
  if (!(error instanceof ResponseError)) {
    return undefined;
  }
  const id =
    error.body.error.requestId ?? error.response.headers.get?.('x-request-id');
  return typeof id === 'string' ? id : undefined;
}
