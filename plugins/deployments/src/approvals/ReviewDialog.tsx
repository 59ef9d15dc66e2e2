import { Alert, Dialog, DialogBody, DialogHeader } from '@backstage/ui';
import { Run, RunId } from '@slipway/plugin-deployments-common';
import { useRun } from '../hooks/useRun';
import { useTranslation } from '../hooks/useTranslation';
import { ApprovalPanel } from '../run/ApprovalPanel';
import { RunPlan } from '../run/RunPlan';
import { RunSkeleton } from '../run/RunSkeleton';
import { PageError } from '../shared/PageError';
import { FocusedTitle } from '../shared/FocusedTitle';
import { describeRunState } from '../shared/RunMark';

/** The plan of a run that waits, to approve or reject it. */
export function ReviewDialog(props: {
  runId: RunId;
  title: string;
  onDecided: (run: Run) => void;
  onClose: () => void;
}) {
  const { runId, title, onDecided, onClose } = props;
  const { t } = useTranslation();
  const { value: run, error, reload, put } = useRun(runId);
  return (
    <Dialog isOpen width={760} onOpenChange={isOpen => !isOpen && onClose()}>
      <DialogHeader>
        <FocusedTitle>{title}</FocusedTitle>
      </DialogHeader>
      <DialogBody>
        {run && run.state.phase !== 'waiting-for-approval' && (
          <Alert
            status="info"
            icon
            title={t('approvals.noLonger', {
              state: describeRunState(t, run.state),
            })}
          />
        )}
        {run && run.state.phase !== 'waiting-for-approval' && (
          <RunPlan planHash={run.planHash} />
        )}
        {run && run.state.phase === 'waiting-for-approval' && (
          <ApprovalPanel
            key={run.planHash}
            run={run}
            onDecided={onDecided}
            onChanged={put}
          />
        )}
        {!run && !error && <RunSkeleton />}
        {!run && error && (
          <PageError title={t('run.notRead')} error={error} onRetry={reload} />
        )}
      </DialogBody>
    </Dialog>
  );
}
