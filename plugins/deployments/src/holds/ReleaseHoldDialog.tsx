import { useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import { Hold, ServiceRef } from '@slipway/plugin-deployments-common';
import { deploymentsApiRef } from '../api/deploymentsApiRef';
import { OpenEnvironment } from '../environments/types';
import { useCommand } from '../hooks/useCommand';
import { useTranslation } from '../hooks/useTranslation';
import { ConfirmDialog } from '../shared/ConfirmDialog';
import { ErrorAlert } from '../shared/ErrorAlert';
import { PersonName } from '../shared/PersonName';
import { RefusalDialog } from '../shared/RefusalDialog';
import { RelativeTime } from '../shared/RelativeTime';

/** Lets automatic runs in again; it is the hold that was shown, and no other, that is released. */
export function ReleaseHoldDialog(props: {
  serviceRef: ServiceRef;
  environment: OpenEnvironment;
  hold: Hold;
  onReleased: () => Promise<unknown>;
  onClose: () => void;
}) {
  const { serviceRef, environment, hold, onReleased, onClose } = props;
  const { name, queue } = environment;
  // As it was when it opened: once it is released, one may not release it, and that is no news.
  const [may] = useState(environment.may.release);
  const api = useApi(deploymentsApiRef);
  const { t } = useTranslation();
  const { isPending, error, run } = useCommand();
  const title = t('hold.release.title', { environment: name });
  if (!may.allowed) {
    return (
      <RefusalDialog title={title} reason={may.reason} onClose={onClose} />
    );
  }
  const count = queue.filter(
    ({ state }) => state.phase === 'queued' && state.hold,
  ).length;
  return (
    <ConfirmDialog
      title={title}
      confirmLabel={t('hold.release.confirm', { environment: name })}
      isPending={isPending}
      onConfirm={() =>
        run(async () => {
          await api.releaseHold(serviceRef, name, { at: hold.at });
          await onReleased();
          onClose();
        })
      }
      onClose={onClose}
    >
      {error && (
        <ErrorAlert
          title={t('hold.release.refused', { environment: name })}
          error={error}
        />
      )}
      <p style={{ marginTop: 0 }}>
        {t('hold.since', {
          by: <PersonName by={hold.by} />,
          at: <RelativeTime at={hold.at} />,
        })}{' '}
        {hold.reason}
      </p>
      <p style={{ marginBottom: 0 }}>
        {count > 0
          ? t('hold.release.waiting', { count })
          : t('hold.release.none')}
      </p>
    </ConfirmDialog>
  );
}
