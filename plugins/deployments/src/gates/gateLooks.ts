import {
  RemixiconComponentType,
  RiCheckboxCircleFill,
  RiCloseCircleFill,
  RiListCheck3,
  RiLockUnlockLine,
  RiSnowflakeLine,
  RiTimeLine,
  RiTimerLine,
  RiUserFollowLine,
} from '@remixicon/react';
import {
  GateKind,
  GateState,
  HoldingGate,
} from '@slipway/plugin-deployments-common';
import { formatMoment } from '../format';
import { Translate } from '../hooks/useTranslation';
import { Tone } from '../shared/tones';

/** How a status looks; the words come on top. */
export type Look = { icon: RemixiconComponentType; tone: Tone };

/** What waits for time or for another system is news; what waits for a person is a call. */
export const WAITING_LOOKS: Record<GateKind, Look> = {
  approval: { icon: RiUserFollowLine, tone: 'warning' },
  freeze: { icon: RiSnowflakeLine, tone: 'info' },
  soak: { icon: RiTimerLine, tone: 'info' },
  check: { icon: RiTimeLine, tone: 'info' },
  checklist: { icon: RiListCheck3, tone: 'warning' },
};

const STATE_LOOKS: Record<Exclude<GateState, 'waiting'>, Look> = {
  open: { icon: RiCheckboxCircleFill, tone: 'success' },
  blocked: { icon: RiCloseCircleFill, tone: 'danger' },
  overridden: { icon: RiLockUnlockLine, tone: 'warning' },
};

type ShownGate = Pick<HoldingGate, 'kind' | 'state' | 'until'>;

/** The look of a gate. */
export function lookOfGate({ kind, state }: ShownGate): Look {
  return state === 'waiting' ? WAITING_LOOKS[kind] : STATE_LOOKS[state];
}

/** How a gate stands, in as few words as say it. */
export function describeGate(
  t: Translate,
  { kind, state, until }: ShownGate,
): string {
  if (state === 'waiting' && until && (kind === 'freeze' || kind === 'soak')) {
    return t(`gate.until.${kind}`, {
      until: formatMoment(t, until, Date.now()),
    });
  }
  return t(`gate.is.${kind}.${state}`);
}
