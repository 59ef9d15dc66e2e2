import { useState } from 'react';
import { Button, Flex, TextField } from '@backstage/ui';
import {
  EnvironmentName,
  PlanRequest,
} from '@slipway/plugin-deployments-common';
import { useTranslation } from '../hooks/useTranslation';

/** Asks which branch, tag or commit to deploy. */
export function DeployChoice(props: {
  environment: EnvironmentName;
  /** What is in the field when it opens. */
  asked: string;
  isDisabled: boolean;
  /** Called with every letter: what was chosen before no longer holds. */
  onChange: () => void;
  onChoose: (request: PlanRequest) => void;
}) {
  const { environment, isDisabled, onChange, onChoose } = props;
  const { t } = useTranslation();
  const [ref, setRef] = useState(props.asked);
  const wanted = ref.trim();
  const choose = () => {
    if (wanted) {
      onChoose({ operation: 'deploy', environment, ref: wanted });
    }
  };
  return (
    <Flex gap="2" align="end">
      <TextField
        label={t('plan.ref')}
        placeholder="main"
        maxLength={200}
        value={ref}
        isDisabled={isDisabled}
        onChange={value => {
          onChange();
          setRef(value);
        }}
        onKeyDown={event => event.key === 'Enter' && choose()}
        style={{ flex: 1 }}
      />
      <Button
        variant="secondary"
        size="small"
        isDisabled={isDisabled || !wanted}
        onPress={choose}
      >
        {t('plan.show')}
      </Button>
    </Flex>
  );
}
