import { ServiceRef } from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';
import { z } from 'zod';

const rowSchema = z.object({ text: z.string() });

/** The last valid manifest of each service, to go on with while the present one is wrong. */
export class ManifestStore {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  async get(serviceRef: ServiceRef): Promise<string | undefined> {
    const row = await this.#db('valid_manifests')
      .where({ service_ref: serviceRef })
      .first('text');
    return row && rowSchema.parse(row).text;
  }

  async put(serviceRef: ServiceRef, text: string): Promise<void> {
    await this.#db('valid_manifests')
      .insert({ service_ref: serviceRef, text })
      .onConflict('service_ref')
      .merge(['text'])
      .where('valid_manifests.text', '<>', text);
  }
}
