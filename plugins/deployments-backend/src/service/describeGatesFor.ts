import { Gate, GateStatus } from '@slipway/plugin-deployments-common';
import { isOverridable } from '../gates/applyDecisions';
import { mayOverride, mayTick, Permit } from './availability';
import { Caller } from './Caller';
import { RunRecord } from '../stores';

/** The gates of a run, and what the caller may do about each. */
export function describeGatesFor(options: {
  gates: readonly GateStatus[];
  run: RunRecord;
  caller: Caller;
  selfApproval: boolean;
  permits: { tick: Permit; overrideFreeze: Permit; overrideCheck: Permit };
}): Gate[] {
  const { gates, run, caller, selfApproval, permits } = options;
  return gates.map(gate => ({
    ...gate,
    may: {
      tick: gate.tickable
        ? mayTick({ permit: permits.tick, caller, run })
        : null,
      override: isOverridable(gate)
        ? mayOverride({
            permit:
              gate.kind === 'freeze'
                ? permits.overrideFreeze
                : permits.overrideCheck,
            caller,
            run,
            selfApproval,
            gate,
          })
        : null,
    },
  }));
}
