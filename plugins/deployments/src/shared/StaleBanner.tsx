import { Alert, Button } from '@backstage/ui';
import { Live } from '../hooks/LiveReader';
import { useAnnounceChanges } from '../hooks/useAnnounce';
import { useFormat } from '../hooks/useFormat';
import { useTranslation } from '../hooks/useTranslation';

/** Tells that nothing was heard for a while, and of when the shown state is. */
export function StaleBanner(props: {
  live: Pick<Live<unknown>, 'isStale' | 'readAt'>;
  onReload: () => void;
}) {
  const { live, onReload } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const isShown = live.isStale && live.readAt !== undefined;
  const message = t('stale.message', {
    at: format.clock(live.readAt ?? 0),
  });
  useAnnounceChanges(isShown ? message : '');
  if (!isShown) {
    return null;
  }
  return (
    <Alert
      status="warning"
      icon
      title={message}
      customActions={
        <Button size="small" variant="secondary" onPress={onReload}>
          {t('stale.reload')}
        </Button>
      }
    />
  );
}
