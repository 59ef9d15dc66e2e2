import { RiErrorWarningLine, RiTimeLine } from '@remixicon/react';
import {
  GateStatus,
  HoldingGate,
  isPassed,
} from '@slipway/plugin-deployments-common';
import { formatMoment } from '../format';
import { Translate } from '../hooks/useTranslation';
import { Look, WAITING_LOOKS } from './gateLooks';

/** What comes first where several kinds of gates hold a run: what is wrong, then what takes longest. */
const ORDER = ['freeze', 'checklist', 'check', 'soak', 'approval'] as const;

/** What holds a run, in the few words of a mark. */
export type Holding = Look & { words: string };

/** Names what holds a run, the worst of it first, and counts what else does. */
export function describeHolding(
  t: Translate,
  holding: readonly HoldingGate[],
  /** All gates of the run, where they are known: then it is said how many are open already. */
  gates: readonly Pick<GateStatus, 'kind' | 'state'>[] = [],
): Holding {
  const { part, covered } = describeMain(t, holding, gates);
  const rest = holding.length - covered;
  return rest > 0
    ? { ...part, words: t('holding.more', { words: part.words, count: rest }) }
    : part;
}

/** The part of it that is named, and how many gates its words stand for. */
function describeMain(
  t: Translate,
  holding: readonly HoldingGate[],
  gates: readonly Pick<GateStatus, 'kind' | 'state'>[],
): { part: Holding; covered: number } {
  const blocked = holding.filter(({ state }) => state === 'blocked');
  if (blocked.length > 0) {
    const [{ title }] = blocked;
    return {
      part: {
        icon: RiErrorWarningLine,
        tone: 'danger',
        words: t('holding.blocked', { count: blocked.length, title }),
      },
      covered: blocked.length,
    };
  }
  for (const kind of ORDER) {
    const waiting = holding.filter(gate => gate.kind === kind);
    const words = waiting.length > 0 && describeKind(kind, waiting);
    if (words) {
      return {
        part: { ...WAITING_LOOKS[kind], words },
        covered: waiting.length,
      };
    }
  }
  return {
    part: { icon: RiTimeLine, tone: 'info', words: t('holding.gates') },
    covered: holding.length,
  };

  function describeKind(
    kind: (typeof ORDER)[number],
    waiting: readonly HoldingGate[],
  ): string | undefined {
    const count = waiting.length;
    const ofKind = gates.filter(gate => gate.kind === kind);
    const counts = {
      passed: String(ofKind.filter(({ state }) => isPassed(state)).length),
      of: String(ofKind.length),
    };
    switch (kind) {
      case 'freeze':
      case 'soak': {
        const until = findLatest(waiting);
        return until
          ? t(`gate.until.${kind}`, {
              until: formatMoment(t, until, Date.now()),
            })
          : t(`gate.is.${kind}.waiting`);
      }
      case 'check':
      case 'checklist':
        return ofKind.length > 0
          ? t(`holding.${kind}Of`, counts)
          : t(`holding.${kind}`, { count });
      case 'approval':
        return t('gate.is.approval.waiting');
      default:
        return kind satisfies never;
    }
  }
}

/** When the last of them opens; undefined where that is not known of all. */
function findLatest(gates: readonly HoldingGate[]): string | undefined {
  const moments = gates.map(({ until }) => until);
  return moments.every(until => until !== null)
    ? moments.reduce<string | undefined>(
        (latest, at) =>
          latest === undefined || Date.parse(at) > Date.parse(latest)
            ? at
            : latest,
        undefined,
      )
    : undefined;
}
