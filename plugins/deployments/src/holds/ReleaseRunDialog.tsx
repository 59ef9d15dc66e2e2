import { useApi } from '@backstage/frontend-plugin-api';
import { Run } from '@slipway/plugin-deployments-common';
import { deploymentsApiRef } from '../api/deploymentsApiRef';
import { useTranslation } from '../hooks/useTranslation';
import { PersonName } from '../shared/PersonName';
import { ReasonDialog } from '../shared/ReasonDialog';

/** Ends a run that is stuck, so that the next one gets its environment. */
export function ReleaseRunDialog(props: {
  run: Run;
  onReleased: (run: Run) => Promise<unknown> | void;
  onClose: () => void;
}) {
  const { run, onReleased, onClose } = props;
  const { environment, to } = run;
  const api = useApi(deploymentsApiRef);
  const { t } = useTranslation();
  return (
    <ReasonDialog
      title={t('stuck.release.title', { environment, version: to.version })}
      confirmLabel={t('stuck.release.confirm', { environment })}
      refusedTitle={t('stuck.release.refused', { environment })}
      isDestructive
      onConfirm={async reason => {
        await onReleased(await api.releaseRun(run.id, { reason }));
        onClose();
      }}
      onClose={onClose}
    >
      <p style={{ margin: 0 }}>
        {t('stuck.release.what', {
          by: <PersonName by={run.requestedBy} />,
          version: to.version,
          environment,
        })}
      </p>
    </ReasonDialog>
  );
}
