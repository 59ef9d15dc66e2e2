import { useId, useState } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import { Checkbox, Flex } from '@backstage/ui';
import { useApi } from '@backstage/frontend-plugin-api';
import { RiLockLine } from '@remixicon/react';
import {
  Gate,
  isFinished,
  isPassed,
  Run,
} from '@slipway/plugin-deployments-common';
import { deploymentsApiRef } from '../api/deploymentsApiRef';
import { useCommand } from '../hooks/useCommand';
import { useFocusWhenLost } from '../hooks/useFocusWhenLost';
import { useTranslation } from '../hooks/useTranslation';
import { ActionBar } from '../shared/ActionBar';
import { ErrorAlert } from '../shared/ErrorAlert';
import { QUIET } from '../shared/tones';
import { GateList } from './GateList';
import { GateRow } from './GateRow';
import { OverrideDialog } from './OverrideDialog';

const useStyles = makeStyles(
  {
    shut: {
      display: 'flex',
      gap: 6,
      color: QUIET,
      fontSize: 'var(--bui-font-size-2)',
      lineHeight: 1.45,
      '& > svg': { flex: 'none', marginTop: 2 },
    },
  },
  { name: 'SlipwayRunGates' },
);

/** All that a run has to pass. Items of its checklist are ticked here, and freezes and checks overridden, for the plan that is shown. */
export function RunGates(props: { run: Run; onChanged: (run: Run) => void }) {
  const { run, onChanged } = props;
  const api = useApi(deploymentsApiRef);
  const { t } = useTranslation();
  const { error, run: carryOut } = useCommand();
  // Kept until it is closed: that the gate opens meanwhile must not take the dialog away.
  const [overridden, setOverridden] = useState<Gate>();
  const section = useFocusWhenLost<HTMLDivElement>(overridden !== undefined);
  const tick = (gate: Gate, ticked: boolean) =>
    carryOut(async () =>
      onChanged(
        await api.tickGate(run.id, {
          gateId: gate.id,
          planHash: run.planHash,
          ticked,
        }),
      ),
    );
  return (
    <Flex ref={section} tabIndex={-1} direction="column" gap="2">
      {error && <ErrorAlert title={t('gate.tick.refused')} error={error} />}
      <GateList label={t('gate.list')}>
        {run.gates.map(gate =>
          isDecidable(run) ? (
            <DecidableGate
              key={gate.id}
              gate={gate}
              onTick={ticked => tick(gate, ticked)}
              onOverride={() => setOverridden(gate)}
            />
          ) : (
            <GateRow key={gate.id} gate={gate} />
          ),
        )}
      </GateList>
      {overridden && (
        <OverrideDialog
          run={run}
          gate={overridden}
          onOverridden={onChanged}
          onClose={() => setOverridden(undefined)}
        />
      )}
    </Flex>
  );
}

/** Whether people's word on the gates of a run still counts: until it begins. */
function isDecidable({ state }: Run): boolean {
  return state.phase !== 'running' && !isFinished(state.phase);
}

function DecidableGate(props: {
  gate: Gate;
  onTick: (ticked: boolean) => void;
  onOverride: () => void;
}) {
  const { gate, onTick, onOverride } = props;
  const { kind, state, title, decision } = gate;
  const { tick, override } = gate.may;
  const classes = useStyles();
  const reasonId = useId();
  const { t } = useTranslation();
  if (tick) {
    return (
      <GateRow
        gate={gate}
        tick={
          <Checkbox
            isSelected={decision?.what === 'tick'}
            isDisabled={!tick.allowed}
            aria-describedby={tick.allowed ? undefined : reasonId}
            onChange={onTick}
          >
            {title}
          </Checkbox>
        }
        action={
          !tick.allowed && (
            <span id={reasonId} className={classes.shut}>
              <RiLockLine size={13} aria-hidden />
              {tick.reason}
            </span>
          )
        }
      />
    );
  }
  return (
    <GateRow
      gate={gate}
      action={
        override &&
        !isPassed(state) && (
          <ActionBar
            actions={[
              {
                label: t(
                  kind === 'freeze'
                    ? 'gate.override.freeze.action'
                    : 'gate.override.check.action',
                ),
                availability: override,
                onPress: onOverride,
              },
            ]}
          />
        )
      }
    />
  );
}
