import { ReactNode } from 'react';
import {
  RemixiconComponentType,
  RiAlarmWarningLine,
  RiArrowGoBackLine,
  RiCheckboxCircleFill,
  RiCloseCircleFill,
  RiListOrdered,
  RiLoader4Line,
  RiStopCircleLine,
  RiTimeLine,
  RiUserFollowLine,
  RiUserForbidLine,
} from '@remixicon/react';
import { RunState, RunSummary } from '@slipway/plugin-deployments-common';
import { nameOf } from '../format';
import { Translate, useTranslation } from '../hooks/useTranslation';
import { PersonName } from './PersonName';
import { StatusMark, Tone } from './StatusMark';

type Look = { icon: RemixiconComponentType; tone: Tone; isMoving?: boolean };

const LOOKS: Record<RunState['phase'], Look> = {
  succeeded: { icon: RiCheckboxCircleFill, tone: 'success' },
  failed: { icon: RiCloseCircleFill, tone: 'danger' },
  errored: { icon: RiAlarmWarningLine, tone: 'danger' },
  cancelled: { icon: RiStopCircleLine, tone: 'neutral' },
  rejected: { icon: RiUserForbidLine, tone: 'warning' },
  running: { icon: RiLoader4Line, tone: 'info', isMoving: true },
  'waiting-for-approval': { icon: RiUserFollowLine, tone: 'warning' },
  'waiting-for-gates': { icon: RiTimeLine, tone: 'info' },
  queued: { icon: RiListOrdered, tone: 'neutral' },
};

/** The state of a run as a mark. */
export function RunMark({ state }: { state: RunState }) {
  const { t } = useTranslation();
  return <StatusMark {...LOOKS[state.phase]}>{describe(t, state)}</StatusMark>;
}

/** The outcome of a run, and beside it that the previous release serves again, where it does. */
export function OutcomeMarks({
  run,
}: {
  run: Pick<RunSummary, 'state' | 'rolledBackTo'>;
}) {
  const { t } = useTranslation();
  return (
    <>
      <RunMark state={run.state} />
      {run.rolledBackTo && (
        <StatusMark icon={RiArrowGoBackLine} tone="warning">
          {t('run.rolledBackTo', { version: run.rolledBackTo.version })}
        </StatusMark>
      )}
    </>
  );
}

function describe(t: Translate, state: RunState): ReactNode {
  switch (state.phase) {
    case 'cancelled':
      return t('state.cancelledBy', { by: <PersonName by={state.by} /> });
    case 'rejected':
      return t('state.rejectedBy', { by: <PersonName by={state.by} /> });
    default:
      return describeRunState(t, state);
  }
}

/** The state of a run in words. */
export function describeRunState(t: Translate, state: RunState): string {
  switch (state.phase) {
    case 'waiting-for-approval':
      return t('state.waiting', {
        given: String(state.given),
        needed: String(state.needed),
      });
    case 'waiting-for-gates':
      return t('state.waitingForGates');
    case 'queued':
      return t('state.queued', { position: ordinal(t, state.position) });
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
