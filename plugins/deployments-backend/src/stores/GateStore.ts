import {
  GateDecision,
  gateDecisionSchema,
  GateState,
  gateStateSchema,
  GateStatus,
  gateStatusSchema,
  PlanHash,
  planHashSchema,
  RunId,
  runIdSchema,
} from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';
import { z } from 'zod';
import { jsonColumn } from './columns';

const statusRowSchema = z.object({
  run_id: runIdSchema,
  gates: jsonColumn(z.array(gateStatusSchema)),
});

const decisionRowSchema = z
  .object({
    run_id: runIdSchema,
    gate_id: z.string(),
    plan_hash: planHashSchema,
    decision: z.enum(['tick', 'untick', 'override']),
    decided_by: z.string(),
    decided_at: z.string(),
    reason: z.string().nullable(),
    expires_at: z.string().nullable(),
    overrode: gateStateSchema.nullable(),
  })
  .transform(row => ({
    runId: row.run_id,
    gateId: row.gate_id,
    planHash: row.plan_hash,
    decision: row.decision,
    by: row.decided_by,
    at: row.decided_at,
    reason: row.reason,
    expiresAt: row.expires_at,
    overrode: row.overrode,
  }));

/** What a person said to a gate of a run, as it is kept. */
export type GateDecisionRecord = z.infer<typeof decisionRowSchema>;

/** A person's word that counts. */
export type GateWord = {
  decision: GateDecision;
  /** What the gate looked like to the person who let a run pass it; null where that was not kept. */
  overrode: GateState | null;
};

/** How the gates of runs stand, and what people said to them. */
export class GateStore {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  /** Keeps how the gates of a run stood when they were looked at, whatever people said to them. */
  async put(runId: RunId, gates: readonly GateStatus[]): Promise<void> {
    await this.#db('run_gates')
      .insert({ run_id: runId, gates: JSON.stringify(gates) })
      .onConflict('run_id')
      .merge(['gates']);
  }

  /** How the gates of some runs stood; a run whose gates nobody looked at yet is not there. */
  async getMany(runIds: readonly RunId[]): Promise<Map<RunId, GateStatus[]>> {
    const rows = await this.#db('run_gates').whereIn('run_id', [...runIds]);
    return new Map(
      rows.map(row => {
        const { run_id: runId, gates } = statusRowSchema.parse(row);
        return [runId, gates];
      }),
    );
  }

  /** Adds a person's word. Nothing is ever deleted or changed: a later word takes the force of the one before. */
  async decide(decision: GateDecisionRecord): Promise<void> {
    await this.#db('gate_decisions').insert({
      run_id: decision.runId,
      gate_id: decision.gateId,
      plan_hash: decision.planHash,
      decision: decision.decision,
      decided_by: decision.by,
      decided_at: decision.at,
      reason: decision.reason,
      expires_at: decision.expiresAt,
      overrode: decision.overrode,
    });
  }

  /** What people said to the gates of some runs, oldest first. */
  async listDecisions(runIds: readonly RunId[]): Promise<GateDecisionRecord[]> {
    const rows = await this.#db('gate_decisions')
      .whereIn('run_id', [...runIds])
      .orderBy('id');
    return rows.map(row => decisionRowSchema.parse(row));
  }
}

/** The word on each gate that counts for a plan at a moment, by the gate's id. */
export function findDecisions(options: {
  decisions: readonly GateDecisionRecord[];
  planHash: PlanHash;
  at: Date;
}): Map<string, GateWord> {
  const last = new Map<string, GateDecisionRecord>();
  for (const decision of options.decisions) {
    if (decision.planHash === options.planHash) {
      last.set(decision.gateId, decision);
    }
  }
  const found = new Map<string, GateWord>();
  for (const [gateId, word] of last) {
    const { decision, by, at, reason, expiresAt, overrode } = word;
    const counts =
      expiresAt === null || Date.parse(expiresAt) > options.at.getTime();
    if (decision !== 'untick' && counts) {
      found.set(gateId, {
        decision: gateDecisionSchema.parse({
          what: decision,
          by,
          at,
          reason,
          expiresAt,
        }),
        overrode,
      });
    }
  }
  return found;
}
