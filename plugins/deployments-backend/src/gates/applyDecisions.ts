import { GateDecision, GateStatus } from '@slipway/plugin-deployments-common';
import { nameRef } from '../permissions/nameRef';

/** How gates stand once it counts what people said to them. */
export function applyDecisions(
  gates: readonly GateStatus[],
  decisions: ReadonlyMap<string, GateDecision>,
): GateStatus[] {
  return gates.map(gate => {
    const decision = decisions.get(gate.id);
    if (!decision) {
      return gate;
    }
    const by = nameRef(decision.by);
    switch (decision.what) {
      case 'tick':
        return gate.tickable
          ? { ...gate, decision, state: 'open', reason: `${by} ticked it.` }
          : gate;
      case 'override':
        return gate.state === 'open' || !isOverridable(gate)
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

/** Whether there are people who may let a run pass this gate. */
export function isOverridable({ kind }: Pick<GateStatus, 'kind'>): boolean {
  return kind === 'freeze' || kind === 'check';
}
