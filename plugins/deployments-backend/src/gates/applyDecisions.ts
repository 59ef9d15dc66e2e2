import { GateStatus } from '@slipway/plugin-deployments-common';
import { nameRef } from '../permissions/nameRef';
import { GateWord } from '../stores';

/** How gates stand once it counts what people said to them. */
export function applyDecisions(
  gates: readonly GateStatus[],
  words: ReadonlyMap<string, GateWord>,
): GateStatus[] {
  return gates.map(gate => {
    const word = words.get(gate.id);
    if (!word) {
      return gate;
    }
    const { decision } = word;
    const by = nameRef(decision.by);
    switch (decision.what) {
      case 'tick':
        return gate.tickable
          ? { ...gate, decision, state: 'open', reason: `${by} ticked it.` }
          : gate;
      case 'override':
        return gate.state === 'open' ||
          !isOverridable(gate) ||
          isWorse(gate, word)
          ? gate
          : {
              ...gate,
              decision,
              state: 'overridden',
              reason: `${gate.reason} ${by} lets this run pass: ${decision.reason}`,
            };
      default:
        return decision.what satisfies never;
    }
  });
}

/** Whether a gate that a person let a run pass while it was open to come has found something wrong since: that they did not see. */
function isWorse(
  { state }: Pick<GateStatus, 'state'>,
  { overrode }: GateWord,
): boolean {
  return overrode === 'waiting' && state === 'blocked';
}

/** Whether there are people who may let a run pass this gate. */
export function isOverridable({ kind }: Pick<GateStatus, 'kind'>): boolean {
  return kind === 'freeze' || kind === 'check';
}
