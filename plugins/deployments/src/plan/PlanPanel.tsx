import { useCallback, useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { makeStyles } from '@material-ui/core/styles';
import {
  Button,
  DialogBody,
  DialogFooter,
  Flex,
  TextAreaField,
} from '@backstage/ui';
import {
  EnvironmentName,
  Operation,
  PlanRequest,
  Run,
  ServiceRef,
} from '@slipway/plugin-deployments-common';
import { usePaths } from '../hooks/usePaths';
import { useTranslation } from '../hooks/useTranslation';
import { ConfirmButton } from '../shared/ConfirmButton';
import { ErrorAlert } from '../shared/ErrorAlert';
import { PlanChanged } from './PlanChanged';
import { PlanSkeleton } from './PlanSkeleton';
import { PlanView } from './PlanView';
import { DeployChoice } from './DeployChoice';
import { RollbackChoice } from './RollbackChoice';
import { Planning, usePlanning } from './usePlanning';

const useStyles = makeStyles(
  {
    pageFooter: {
      position: 'sticky',
      bottom: 0,
      display: 'flex',
      justifyContent: 'flex-end',
      flexWrap: 'wrap',
      gap: 8,
      padding: '12px 0',
      background: 'var(--bui-bg-app)',
      borderTop: '1px solid var(--bui-border-1)',
    },
  },
  { name: 'SlipwayPlanPanel' },
);

/** What to choose, what it would change, and the one button that does it. */
export function PlanPanel(props: {
  serviceRef: ServiceRef;
  operation: Operation;
  environment: EnvironmentName;
  /** What the address asks for; undefined where it is still to be chosen. */
  asked: PlanRequest | undefined;
  isPage: boolean;
  /** Called once the person has typed or chosen something that would be lost. */
  onTouched: () => void;
  onClose: () => void;
}) {
  const { serviceRef, operation, environment, isPage, onTouched } = props;
  const classes = useStyles();
  const navigate = useNavigate();
  const paths = usePaths();
  const { t } = useTranslation();
  const [request, setRequest] = useState(props.asked);
  const [reason, setReason] = useState('');
  const onStarted = useCallback(
    (run: Run) => navigate(paths.run(run.id), { replace: true }),
    [navigate, paths],
  );
  const { planning, confirm, reviewAgain, retry } = usePlanning({
    serviceRef,
    request,
    onStarted,
  });

  const isSubmitting = planning.status === 'submitting';
  const choose = (chosen: PlanRequest | undefined) => {
    onTouched();
    setRequest(chosen);
  };
  const body = (
    <Flex direction="column" gap="4">
      {operation === 'deploy' && (
        <DeployChoice
          environment={environment}
          asked={request?.operation === 'deploy' ? request.ref : ''}
          isDisabled={isSubmitting}
          onChange={() => choose(undefined)}
          onChoose={choose}
        />
      )}
      {operation === 'rollback' && (
        <RollbackChoice
          serviceRef={serviceRef}
          environment={environment}
          chosen={
            request?.operation === 'rollback' ? request.releaseId : undefined
          }
          isDisabled={isSubmitting}
          onChoose={choose}
        />
      )}
      <PlanningView
        planning={planning}
        onRetry={retry}
        onReviewAgain={reviewAgain}
      />
      {planning.status !== 'choosing' && (
        <TextAreaField
          label={t('plan.reason')}
          rows={2}
          value={reason}
          onChange={value => {
            onTouched();
            setReason(value);
          }}
        />
      )}
    </Flex>
  );
  const buttons = (
    <>
      <Button variant="secondary" onPress={props.onClose}>
        {t('plan.cancel')}
      </Button>
      <ConfirmButton
        destructive={operation === 'rollback'}
        isDisabled={!mayConfirm(planning)}
        isPending={isSubmitting}
        onPress={() =>
          planning.status === 'review' && confirm(planning.plan, reason)
        }
      >
        {t(`plan.confirm.${operation}`, { environment })}
      </ConfirmButton>
    </>
  );
  return isPage ? (
    <>
      {body}
      <div className={classes.pageFooter}>{buttons}</div>
    </>
  ) : (
    <>
      <DialogBody>{body}</DialogBody>
      <DialogFooter>{buttons}</DialogFooter>
    </>
  );
}

function PlanningView(props: {
  planning: Planning;
  onRetry: () => void;
  onReviewAgain: (
    plan: Extract<Planning, { status: 'changed' }>['plan'],
  ) => void;
}) {
  const { planning, onRetry, onReviewAgain } = props;
  const { t } = useTranslation();
  switch (planning.status) {
    case 'choosing':
      return null;
    case 'planning':
      return <PlanSkeleton />;
    case 'unplanned':
      return (
        <ErrorAlert
          title={t('plan.notMade')}
          error={planning.error}
          onRetry={onRetry}
        />
      );
    case 'changed':
      return (
        <PlanChanged
          before={planning.before}
          plan={planning.plan}
          onReviewAgain={() => onReviewAgain(planning.plan)}
        />
      );
    case 'review':
    case 'submitting':
      return (
        <>
          {planning.status === 'review' && planning.error && (
            <ErrorAlert title={t('plan.notStarted')} error={planning.error} />
          )}
          <PlanView plan={planning.plan} gates={planning.plan.gates} />
        </>
      );
    default:
      return planning satisfies never;
  }
}

/** A plan with a blocking finding is shown, and cannot be confirmed. */
function mayConfirm(planning: Planning): boolean {
  return (
    planning.status === 'submitting' ||
    (planning.status === 'review' &&
      planning.plan.content.findings.every(
        finding => finding.severity !== 'blocking',
      ) &&
      planning.plan.content.migrations.every(migration =>
        migration.findings.every(finding => finding.severity !== 'blocking'),
      ))
  );
}
