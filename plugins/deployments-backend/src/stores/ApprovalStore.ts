import {
  Approval,
  approvalSchema,
  RunId,
} from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';
import { v7 as createOrderedId } from 'uuid';
import { z } from 'zod';
import { jsonColumn, now } from './columns';

const rowSchema = z
  .object({
    run_id: z.string(),
    plan_hash: z.string(),
    decision: z.string(),
    decided_by: z.string(),
    decided_at: z.string(),
    reason: z.string().nullable(),
    approver_groups: jsonColumn(z.array(z.string())).nullable(),
    voided_at: z.string().nullable(),
  })
  .transform((row): Approval =>
    approvalSchema.parse({
      runId: row.run_id,
      planHash: row.plan_hash,
      decision: row.decision,
      by: row.decided_by,
      at: row.decided_at,
      reason: row.reason,
      groups: row.approver_groups ?? [],
      voidedAt: row.voided_at,
    }),
  );

/** What people said to the plans of runs. Nothing is ever deleted or changed, but for losing its force. */
export class ApprovalStore {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  async add(approval: Omit<Approval, 'voidedAt'>): Promise<void> {
    await this.#db('approvals').insert({
      // Those of the same moment stand in the order in which they came.
      id: createOrderedId(),
      run_id: approval.runId,
      plan_hash: approval.planHash,
      decision: approval.decision,
      decided_by: approval.by,
      decided_at: approval.at,
      reason: approval.reason,
      approver_groups: JSON.stringify(approval.groups),
      voided_at: null,
    });
  }

  /** Of some runs, oldest first. */
  async list(runIds: readonly RunId[]): Promise<Approval[]> {
    const rows = await this.#db('approvals')
      .whereIn('run_id', [...runIds])
      .orderBy(['decided_at', 'id']);
    return rows.map(row => rowSchema.parse(row));
  }

  /** The last decisions on any run, newest first. */
  async listNewest(limit: number): Promise<Approval[]> {
    const rows = await this.#db('approvals')
      .orderBy([
        { column: 'decided_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .limit(limit);
    return rows.map(row => rowSchema.parse(row));
  }

  /** Takes the force of all that was said about a run until now. */
  async void(runId: RunId): Promise<void> {
    await this.#db('approvals')
      .where({ run_id: runId })
      .whereNull('voided_at')
      .update({ voided_at: now() });
  }
}
