import { NotFoundError } from '@backstage/errors';
import {
  Plan,
  planContentSchema,
  PlanHash,
  planSchema,
} from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';
import { z } from 'zod';
import { jsonColumn } from './columns';

const rowSchema = z
  .object({
    hash: z.string(),
    content: jsonColumn(planContentSchema),
    created_at: z.string(),
    usual_ms: z.number().nullable(),
  })
  .transform((row): Plan =>
    planSchema.parse({
      hash: row.hash,
      content: row.content,
      createdAt: row.created_at,
      usualMs: row.usual_ms,
    }),
  );

/** Plans, by their hash. */
export class PlanStore {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  /** Keeps a plan. One that comes out the same later keeps its content and takes the newer date. */
  async save(plan: Plan): Promise<void> {
    await this.#db('plans')
      .insert({
        hash: plan.hash,
        content: JSON.stringify(plan.content),
        created_at: plan.createdAt,
        usual_ms: plan.usualMs,
      })
      .onConflict('hash')
      .merge(['created_at', 'usual_ms']);
  }

  async get(hash: PlanHash): Promise<Plan | undefined> {
    const row = await this.#db('plans').where({ hash }).first();
    return row && rowSchema.parse(row);
  }

  /** @throws NotFoundError where there is none. */
  async require(hash: PlanHash): Promise<Plan> {
    const plan = await this.get(hash);
    if (!plan) {
      throw new NotFoundError(`There is no plan ${hash}`);
    }
    return plan;
  }

  async getMany(hashes: Iterable<PlanHash>): Promise<Map<PlanHash, Plan>> {
    const rows = await this.#db('plans').whereIn('hash', [...new Set(hashes)]);
    return new Map(
      rows.map(row => {
        const plan = rowSchema.parse(row);
        return [plan.hash, plan];
      }),
    );
  }
}
