import { useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import { ServiceRef } from '@slipway/plugin-deployments-common';
import { deploymentsApiRef } from '../api/deploymentsApiRef';
import { OpenEnvironment } from '../environments/types';
import { useTranslation } from '../hooks/useTranslation';
import { ReasonDialog } from '../shared/ReasonDialog';
import { RefusalDialog } from '../shared/RefusalDialog';

/** Keeps automatic runs out of an environment until a person releases the hold. */
export function HoldDialog(props: {
  serviceRef: ServiceRef;
  environment: OpenEnvironment;
  onHeld: () => Promise<unknown>;
  onClose: () => void;
}) {
  const { serviceRef, environment, onHeld, onClose } = props;
  const { name } = environment;
  // As it was when it opened: once it is held, one may not hold it, and that is no news.
  const [may] = useState(environment.may.hold);
  const api = useApi(deploymentsApiRef);
  const { t } = useTranslation();
  const title = t('hold.title', { environment: name });
  if (!may.allowed) {
    return (
      <RefusalDialog title={title} reason={may.reason} onClose={onClose} />
    );
  }
  return (
    <ReasonDialog
      title={title}
      confirmLabel={t('hold.confirm', { environment: name })}
      refusedTitle={t('hold.refused', { environment: name })}
      onConfirm={async reason => {
        await api.holdEnvironment(serviceRef, name, { reason });
        await onHeld();
        onClose();
      }}
      onClose={onClose}
    >
      <p style={{ margin: 0 }}>{t('hold.what')}</p>
    </ReasonDialog>
  );
}
