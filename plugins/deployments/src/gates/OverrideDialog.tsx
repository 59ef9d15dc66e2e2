import { useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import { Select } from '@backstage/ui';
import { Gate, Run } from '@slipway/plugin-deployments-common';
import { deploymentsApiRef } from '../api/deploymentsApiRef';
import { useTranslation } from '../hooks/useTranslation';
import { ReasonDialog } from '../shared/ReasonDialog';

const HOUR_MS = 3_600_000;

/** For how long a person's word may count, hours; 0 for as long as the run waits, and a freeze lasts. */
const HOURS = [0, 1, 4, 24] as const;

/** Lets one run pass a freeze or a check; others still wait. */
export function OverrideDialog(props: {
  run: Run;
  gate: Gate;
  onOverridden: (run: Run) => void;
  onClose: () => void;
}) {
  const { run, gate, onOverridden, onClose } = props;
  const api = useApi(deploymentsApiRef);
  const { t } = useTranslation();
  const [hours, setHours] = useState<number>(0);
  const kind = gate.kind === 'freeze' ? 'freeze' : 'check';
  const { environment } = run;
  return (
    <ReasonDialog
      title={t(`gate.override.${kind}.title`, {
        gate: gate.title,
        version: run.to.version,
      })}
      confirmLabel={t(`gate.override.${kind}.confirm`, {
        gate: gate.title,
        environment,
      })}
      refusedTitle={t(`gate.override.${kind}.refused`)}
      isDestructive
      onConfirm={async reason => {
        onOverridden(
          await api.overrideGate(run.id, {
            gateId: gate.id,
            planHash: run.planHash,
            reason,
            expiresAt:
              hours === 0
                ? undefined
                : new Date(Date.now() + hours * HOUR_MS).toISOString(),
          }),
        );
        onClose();
      }}
      onClose={onClose}
    >
      <div>
        <p style={{ margin: 0 }}>{gate.reason}</p>
        <p style={{ margin: '8px 0 0' }}>
          {t(`gate.override.${kind}.what`, { environment })}
        </p>
      </div>
      <Select
        label={t('gate.override.countsFor')}
        value={String(hours)}
        onChange={key => setHours(Number(key))}
        options={HOURS.map(count => ({
          id: String(count),
          label:
            count === 0
              ? t(
                  kind === 'freeze'
                    ? 'gate.override.untilEnd'
                    : 'gate.override.untilStart',
                )
              : t('gate.override.hours', { count }),
        }))}
      />
    </ReasonDialog>
  );
}
