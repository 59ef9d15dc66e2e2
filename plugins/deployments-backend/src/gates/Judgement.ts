import { GateEvidence, GateState } from '@slipway/plugin-deployments-common';

/** How a gate stands, by what the system can see; what people said to it comes on top. */
export type Judgement = {
  state: Exclude<GateState, 'overridden'>;
  /** A sentence for people. */
  reason: string;
  /** When time opens it, where that is known. */
  until?: Date;
  evidence?: GateEvidence | null;
};
