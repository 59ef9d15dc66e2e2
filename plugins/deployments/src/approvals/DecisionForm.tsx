import { useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import { Button, Flex, Text } from '@backstage/ui';
import { Run } from '@slipway/plugin-deployments-common';
import { deploymentsApiRef } from '../api/deploymentsApiRef';
import { useTranslation } from '../hooks/useTranslation';
import { ConfirmButton } from '../shared/ConfirmButton';
import { ErrorAlert } from '../shared/ErrorAlert';
import { ReasonField } from '../shared/ReasonField';

/** Yes or no to the plan of a run that waits; a no needs a reason. */
export function DecisionForm(props: {
  run: Run;
  onDecided: (run: Run) => void;
}) {
  const { run, onDecided } = props;
  const api = useApi(deploymentsApiRef);
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const [deciding, setDeciding] = useState<'approved' | 'rejected'>();
  const [error, setError] = useState<Error>();

  if (!run.may.approve.allowed) {
    return (
      <Text as="p" style={{ margin: 0 }}>
        {run.may.approve.reason}
      </Text>
    );
  }
  const words = reason.trim();
  const decide = async (decision: 'approved' | 'rejected') => {
    if (deciding) {
      return;
    }
    setDeciding(decision);
    setError(undefined);
    try {
      onDecided(
        await api.decideRun(
          run.id,
          decision === 'approved'
            ? { decision, planHash: run.planHash, reason: words || undefined }
            : { decision, planHash: run.planHash, reason: words },
        ),
      );
    } catch (refusal) {
      setError(refusal instanceof Error ? refusal : new Error(String(refusal)));
    } finally {
      setDeciding(undefined);
    }
  };
  return (
    <Flex direction="column" gap="3">
      {error && <ErrorAlert title={t('approval.refused')} error={error} />}
      <ReasonField
        description={t('approval.reasonHint')}
        value={reason}
        onChange={setReason}
      />
      <Flex gap="2" justify="end">
        <ConfirmButton
          variant="secondary"
          destructive
          isDisabled={!words}
          isPending={deciding === 'rejected'}
          onPress={() => decide('rejected')}
        >
          {t('approval.reject', { environment: run.environment })}
        </ConfirmButton>
        <Button
          variant="primary"
          isPending={deciding === 'approved'}
          onPress={() => decide('approved')}
        >
          {t('approval.approve', { environment: run.environment })}
        </Button>
      </Flex>
    </Flex>
  );
}
