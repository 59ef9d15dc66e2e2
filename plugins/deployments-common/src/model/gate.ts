import { z } from 'zod';
import { timestampSchema } from '../ids';
import { availabilitySchema } from './availability';

export const gateKindSchema = z.enum([
  'approval',
  'freeze',
  'soak',
  'check',
  'checklist',
]);
/** What a gate asks: people, the calendar, time in the environment before, a check of another system, an item of the checklist. */
export type GateKind = z.infer<typeof gateKindSchema>;

/**
 * Whether a gate lets the run through. `waiting` opens without anything being mended: with time, or by a person's word.
 * `blocked` says that something is wrong. `overridden` would hold the run, and a person who may said that it must not.
 */
export const gateStateSchema = z.enum([
  'open',
  'waiting',
  'blocked',
  'overridden',
]);
export type GateState = z.infer<typeof gateStateSchema>;

/** What one looks at to believe a gate. */
export const gateEvidenceSchema = z.object({
  text: z.string(),
  url: z.string().nullable(),
});
export type GateEvidence = z.infer<typeof gateEvidenceSchema>;

/** A person's word on one gate of one run. It counts for the plan that the person saw, and for no other. */
export const gateDecisionSchema = z.object({
  what: z.enum(['tick', 'override']),
  by: z.string(),
  at: timestampSchema,
  /** Why; an override always has one. */
  reason: z.string().nullable(),
  /** From then on it counts no more. */
  expiresAt: timestampSchema.nullable(),
});
export type GateDecision = z.infer<typeof gateDecisionSchema>;

/** A gate that a plan has to pass, as the manifest and app-config have it. */
export const plannedGateSchema = z.object({
  /** Unique within the plan: `freeze:Release week`, `checklist:rollback-possible`. */
  id: z.string(),
  kind: gateKindSchema,
  title: z.string(),
  /** Whether a person opens it, by ticking it off. */
  tickable: z.boolean(),
});
export type PlannedGate = z.infer<typeof plannedGateSchema>;

/** A gate, and how it stands. */
export const gateStatusSchema = plannedGateSchema.extend({
  state: gateStateSchema,
  /** A sentence for people. */
  reason: z.string(),
  /** When time opens a waiting gate, as far as that is known. */
  until: timestampSchema.nullable(),
  evidence: gateEvidenceSchema.nullable(),
  /** When it was looked at last; null where it was not yet. */
  checkedAt: timestampSchema.nullable(),
  decision: gateDecisionSchema.nullable(),
});
export type GateStatus = z.infer<typeof gateStatusSchema>;

/** A gate of a run, and what the asking person may do about it. Null where nobody can: it is no gate of that sort. */
export const gateSchema = gateStatusSchema.extend({
  may: z.object({
    override: availabilitySchema.nullable(),
    /** Tick it, or, where it is ticked, take that back. */
    tick: availabilitySchema.nullable(),
  }),
});
export type Gate = z.infer<typeof gateSchema>;

/** What holds a run that waits for gates. */
export const holdingGateSchema = gateStatusSchema.pick({
  id: true,
  kind: true,
  title: true,
  state: true,
  reason: true,
  until: true,
});
export type HoldingGate = z.infer<typeof holdingGateSchema>;

/** A freeze that an environment is in. */
export const activeFreezeSchema = z.object({
  name: z.string(),
  reason: z.string(),
  /** When it ends, or the latest moment up to which it is known to last. */
  until: timestampSchema,
});
export type ActiveFreeze = z.infer<typeof activeFreezeSchema>;

/** Whether a gate in this state lets the run through. */
export function isPassed(state: GateState): boolean {
  return state === 'open' || state === 'overridden';
}
