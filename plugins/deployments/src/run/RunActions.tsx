import { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { useApi } from '@backstage/frontend-plugin-api';
import { ButtonLink, Flex } from '@backstage/ui';
import { RiBookOpenLine } from '@remixicon/react';
import {
  isFinished,
  Plan,
  PlanRequest,
  Run,
} from '@slipway/plugin-deployments-common';
import { deploymentsApiRef } from '../api/deploymentsApiRef';
import { usePaths } from '../hooks/usePaths';
import { usePlan } from '../hooks/usePlan';
import { useTranslation } from '../hooks/useTranslation';
import { ActionBar } from '../shared/ActionBar';
import { ConfirmDialog } from '../shared/ConfirmDialog';
import { ErrorAlert } from '../shared/ErrorAlert';
import { useRunbooks } from '../hooks/useRunbooks';

/** Cancel while it goes; retry or roll back once it is over. */
export function RunActions(props: { run: Run; onChanged: (run: Run) => void }) {
  const { run, onChanged } = props;
  if (!isFinished(run.state.phase)) {
    return <CancelRun run={run} onCancelled={onChanged} />;
  }
  if (run.state.phase === 'failed' || run.state.phase === 'errored') {
    return <RecoverRun run={run} />;
  }
  return run.state.phase === 'succeeded' ? <RollBackRun run={run} /> : null;
}

function CancelRun(props: { run: Run; onCancelled: (run: Run) => void }) {
  const { run, onCancelled } = props;
  const api = useApi(deploymentsApiRef);
  const { t } = useTranslation();
  const [isAsking, setAsking] = useState(false);
  const [isPending, setPending] = useState(false);
  const [error, setError] = useState<Error>();
  const { environment, to } = run;

  const close = () => {
    setAsking(false);
    setError(undefined);
  };
  const cancel = async () => {
    setPending(true);
    setError(undefined);
    try {
      onCancelled(await api.cancelRun(run.id));
      close();
    } catch (refusal) {
      setError(refusal instanceof Error ? refusal : new Error(String(refusal)));
    } finally {
      setPending(false);
    }
  };
  return (
    <>
      <ActionBar
        actions={[
          {
            label: t('run.cancel.action'),
            availability: run.may.cancel,
            onPress: () => setAsking(true),
          },
        ]}
      />
      {isAsking && (
        <ConfirmDialog
          title={t('run.cancel.title', { version: to.version, environment })}
          confirmLabel={t('run.cancel.confirm', { environment })}
          isDestructive
          isPending={isPending}
          onConfirm={cancel}
          onClose={close}
        >
          {error && (
            <ErrorAlert title={t('run.cancel.refused')} error={error} />
          )}
          <p>{t('run.cancel.what')}</p>
        </ConfirmDialog>
      )}
    </>
  );
}

/**
 * The ways on from a run that went wrong. Retry and rollback lead to a plan, made anew, that is agreed to like
 * any other; a runbook says what else to do.
 */
function RecoverRun({ run }: { run: Run }) {
  const navigate = useNavigate();
  const paths = usePaths();
  const { t } = useTranslation();
  const { value: plan, error } = usePlan(run.planHash);
  const runbooks = useRunbooks();
  return (
    <Flex gap="2">
      <ActionBar
        actions={[
          {
            label: t('run.retry'),
            availability: run.may.retry,
            variant: 'primary',
            isPending: !plan && !error,
            onPress: () => navigate(paths.planOf(requestAgain(run, plan))),
          },
          {
            label: t('action.rollback'),
            availability: run.may.rollback,
            onPress: () => navigate(paths.plan('rollback', run.environment)),
          },
        ]}
      />
      {runbooks.map(({ url, title }) => (
        <ButtonLink
          key={url}
          size="small"
          variant="secondary"
          iconStart={<RiBookOpenLine aria-hidden />}
          href={url}
          target="_blank"
          rel="noopener"
        >
          {title ?? t('run.runbook')}
        </ButtonLink>
      ))}
    </Flex>
  );
}

function RollBackRun({ run }: { run: Run }) {
  const navigate = useNavigate();
  const paths = usePaths();
  const { t } = useTranslation();
  return (
    <ActionBar
      actions={[
        {
          label: t('action.rollback'),
          availability: run.may.rollback,
          onPress: () => navigate(paths.plan('rollback', run.environment)),
        },
      ]}
    />
  );
}

/** Asks for what a run was to do: the same commit, the same way between environments, the same release. */
function requestAgain(run: Run, plan: Plan | undefined): PlanRequest {
  const { operation, environment, to } = run;
  switch (operation) {
    case 'deploy':
      return { operation, environment, ref: to.commitId };
    case 'promote':
      return {
        operation,
        environment,
        fromEnvironment: plan?.content.fromEnvironment ?? undefined,
      };
    case 'rollback':
      return { operation, environment, releaseId: to.id };
    default:
      return operation satisfies never;
  }
}
