import { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { useApi } from '@backstage/frontend-plugin-api';
import { isFinished, Run } from '@slipway/plugin-deployments-common';
import { deploymentsApiRef } from '../api/deploymentsApiRef';
import { usePaths } from '../hooks/usePaths';
import { useTranslation } from '../hooks/useTranslation';
import { Action, ActionBar } from '../shared/ActionBar';
import { ConfirmDialog } from '../shared/ConfirmDialog';
import { ErrorAlert } from '../shared/ErrorAlert';
import { RunPlan } from './RunPlan';

type Asking = 'cancel' | 'retry';

/** Cancel while it goes; retry or roll back once it is over. */
export function RunActions(props: { run: Run; onChanged: (run: Run) => void }) {
  const { run, onChanged } = props;
  const api = useApi(deploymentsApiRef);
  const navigate = useNavigate();
  const paths = usePaths();
  const { t } = useTranslation();
  const [asking, setAsking] = useState<Asking>();
  const [isPending, setPending] = useState(false);
  const [error, setError] = useState<Error>();

  const close = () => {
    setAsking(undefined);
    setError(undefined);
  };
  const carryOut = async () => {
    setPending(true);
    setError(undefined);
    try {
      if (asking === 'cancel') {
        onChanged(await api.cancelRun(run.id));
      } else {
        navigate(paths.run((await api.retryRun(run.id)).id));
      }
      close();
    } catch (refusal) {
      setError(refusal instanceof Error ? refusal : new Error(String(refusal)));
    } finally {
      setPending(false);
    }
  };
  return (
    <>
      <ActionBar actions={actions()} />
      {asking && (
        <ConfirmDialog
          title={t(`run.${asking}.title`, {
            version: run.to.version,
            environment: run.environment,
          })}
          confirmLabel={t(`run.${asking}.confirm`, {
            environment: run.environment,
          })}
          isDestructive={asking === 'cancel'}
          isPending={isPending}
          onConfirm={carryOut}
          onClose={close}
        >
          {error && (
            <ErrorAlert title={t(`run.${asking}.refused`)} error={error} />
          )}
          <p>{t(`run.${asking}.what`)}</p>
          {asking === 'retry' && <RunPlan planHash={run.planHash} />}
        </ConfirmDialog>
      )}
    </>
  );

  function actions(): Action[] {
    if (!isFinished(run.state.phase)) {
      return [
        {
          label: t('run.cancel.action'),
          availability: run.may.cancel,
          onPress: () => setAsking('cancel'),
        },
      ];
    }
    const rollback: Action = {
      label: t('action.rollback'),
      availability: run.may.rollback,
      onPress: () => navigate(paths.plan('rollback', run.environment)),
    };
    if (run.state.phase === 'failed' || run.state.phase === 'errored') {
      return [
        {
          label: t('run.retry.action'),
          availability: run.may.retry,
          variant: 'primary',
          onPress: () => setAsking('retry'),
        },
        rollback,
      ];
    }
    return run.state.phase === 'succeeded' ? [rollback] : [];
  }
}
