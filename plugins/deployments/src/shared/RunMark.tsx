import { ReactNode } from 'react';
import {
  RiAlarmWarningLine,
  RiArrowGoBackLine,
  RiCheckboxCircleFill,
  RiCloseCircleFill,
  RiListOrdered,
  RiLoader4Line,
  RiPauseCircleLine,
  RiStopCircleLine,
  RiUserFollowLine,
  RiUserForbidLine,
} from '@remixicon/react';
import { Gate, RunState, RunSummary } from '@slipway/plugin-deployments-common';
import { nameOf } from '../format';
import { describeHolding } from '../gates/describeHolding';
import { Look } from '../gates/gateLooks';
import { Translate, useTranslation } from '../hooks/useTranslation';
import { PersonName } from './PersonName';
import { StatusMark } from './StatusMark';

const LOOKS: Record<
  Exclude<RunState['phase'], 'waiting-for-gates'>,
  Look & { isMoving?: boolean }
> = {
  succeeded: { icon: RiCheckboxCircleFill, tone: 'success' },
  failed: { icon: RiCloseCircleFill, tone: 'danger' },
  errored: { icon: RiAlarmWarningLine, tone: 'danger' },
  cancelled: { icon: RiStopCircleLine, tone: 'neutral' },
  rejected: { icon: RiUserForbidLine, tone: 'warning' },
  running: { icon: RiLoader4Line, tone: 'info', isMoving: true },
  'waiting-for-approval': { icon: RiUserFollowLine, tone: 'warning' },
  queued: { icon: RiListOrdered, tone: 'neutral' },
};

const HELD: Look = { icon: RiPauseCircleLine, tone: 'warning' };

/** The state of a run as a mark; where something holds it, what. */
export function RunMark(props: {
  state: RunState;
  /** All gates of the run, where they are known. */
  gates?: readonly Gate[];
}) {
  const { state, gates } = props;
  const { t } = useTranslation();
  return (
    <StatusMark {...lookOf(t, state)}>{describe(t, state, gates)}</StatusMark>
  );
}

/** The outcome of a run, and beside it that the previous release serves again, where it does. */
export function OutcomeMarks({
  run,
}: {
  run: Pick<RunSummary, 'state' | 'rolledBackTo'> & {
    gates?: readonly Gate[];
  };
}) {
  const { t } = useTranslation();
  return (
    <>
      <RunMark state={run.state} gates={run.gates} />
      {run.rolledBackTo && (
        <StatusMark icon={RiArrowGoBackLine} tone="warning">
          {t('run.rolledBackTo', { version: run.rolledBackTo.version })}
        </StatusMark>
      )}
    </>
  );
}

function lookOf(t: Translate, state: RunState): Look {
  switch (state.phase) {
    case 'waiting-for-gates': {
      const { icon, tone } = describeHolding(t, state.holding);
      return { icon, tone };
    }
    case 'queued':
      return state.hold ? HELD : LOOKS.queued;
    default:
      return LOOKS[state.phase];
  }
}

function describe(
  t: Translate,
  state: RunState,
  gates: readonly Gate[] | undefined,
): ReactNode {
  switch (state.phase) {
    case 'queued':
      return state.hold
        ? t('state.heldBy', { by: <PersonName by={state.hold.by} /> })
        : describeRunState(t, state);
    case 'cancelled':
      return t('state.cancelledBy', { by: <PersonName by={state.by} /> });
    case 'rejected':
      return t('state.rejectedBy', { by: <PersonName by={state.by} /> });
    default:
      return describeRunState(t, state, gates);
  }
}

/** The state of a run in words; where something holds it, what. */
export function describeRunState(
  t: Translate,
  state: RunState,
  gates?: readonly Gate[],
): string {
  switch (state.phase) {
    case 'waiting-for-approval':
      return t('state.waiting', {
        given: String(state.given),
        needed: String(state.needed),
      });
    case 'waiting-for-gates':
      return describeHolding(t, state.holding, gates).words;
    case 'queued':
      return state.hold
        ? t('state.heldBy', { by: nameOf(state.hold.by) })
        : t('state.queued', { position: ordinal(t, state.position) });
    case 'running':
      return t(state.cancelRequestedBy ? 'state.stopping' : 'state.running', {
        step: String(state.step),
        steps: String(state.steps),
      });
    case 'succeeded':
      return t('state.succeeded');
    case 'failed':
      return t('state.failed');
    case 'errored':
      return t('state.errored');
    case 'cancelled':
      return t('state.cancelledBy', { by: nameOf(state.by) });
    case 'rejected':
      return t('state.rejectedBy', { by: nameOf(state.by) });
    default:
      return state satisfies never;
  }
}

function ordinal(t: Translate, position: number): string {
  const value = String(position);
  const rule = new Intl.PluralRules(t('format.locale'), { type: 'ordinal' });
  switch (rule.select(position)) {
    case 'one':
      return t('ordinal.one', { value });
    case 'two':
      return t('ordinal.two', { value });
    case 'few':
      return t('ordinal.few', { value });
    default:
      return t('ordinal.other', { value });
  }
}
