import {
  EnvironmentName,
  ReleaseId,
  releaseIdSchema,
  ServiceRef,
} from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';
import { z } from 'zod';
import { lockedColumns } from './lockedColumns';

const rowSchema = z
  .object({
    release_id: releaseIdSchema.nullable(),
    served_ms: z.coerce.number(),
    asked_at: z.string(),
    setback: z.string().nullable(),
  })
  .transform(row => ({
    releaseId: row.release_id,
    servedMs: row.served_ms,
    askedAt: row.asked_at,
    setback: row.setback,
  }));

/** How long an environment was seen to serve one release well, without a break. */
export type Serving = {
  /** Null where it serves none of ours, or does not serve it well. */
  releaseId: ReleaseId | null;
  servedMs: number;
  /** When the target was asked last. */
  askedAt: string;
  /** Why the time began anew, a sentence; null where it has not. */
  setback: string | null;
};

type Key = { serviceRef: ServiceRef; environment: EnvironmentName };

/** How long environments were seen to serve a release well. */
export class ServingStore {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  async get(key: Key): Promise<Serving | undefined> {
    const row = await this.#db('serving_releases').where(toWhere(key)).first();
    return row && rowSchema.parse(row);
  }

  /** Changes what is kept by what was kept before; of two at once, one comes after the other. */
  async update(
    key: Key,
    change: (before: Serving | undefined) => Serving,
  ): Promise<void> {
    await this.#db.transaction(async trx => {
      const row = await trx('serving_releases')
        .where(toWhere(key))
        .forUpdate()
        .first(lockedColumns(trx));
      const next = change(row && rowSchema.parse(row));
      await trx('serving_releases')
        .insert({
          ...toWhere(key),
          release_id: next.releaseId,
          served_ms: next.servedMs,
          asked_at: next.askedAt,
          setback: next.setback,
        })
        .onConflict(['service_ref', 'environment'])
        .merge(['release_id', 'served_ms', 'asked_at', 'setback'])
        .where('serving_releases.asked_at', '<', next.askedAt);
    });
  }
}

function toWhere(key: Key) {
  return { service_ref: key.serviceRef, environment: key.environment };
}
