import {
  EnvironmentName,
  ObservedState,
  observedStateSchema,
  ServiceRef,
} from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';
import { z } from 'zod';
import { jsonColumn } from './columns';

const rowSchema = z.object({ state: jsonColumn(observedStateSchema) });

/** The last answer of each environment's target. */
export class ObservedStateStore {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  async get(
    serviceRef: ServiceRef,
    environment: EnvironmentName,
  ): Promise<ObservedState | undefined> {
    const row = await this.#db('observed_states')
      .where({ service_ref: serviceRef, environment })
      .first();
    return row && rowSchema.parse(row).state;
  }

  /** Keeps an answer, unless a later one is there already. */
  async put(
    serviceRef: ServiceRef,
    environment: EnvironmentName,
    state: ObservedState,
  ): Promise<void> {
    await this.#db('observed_states')
      .insert({
        service_ref: serviceRef,
        environment,
        asked_at: state.askedAt,
        state: JSON.stringify(state),
      })
      .onConflict(['service_ref', 'environment'])
      .merge(['asked_at', 'state'])
      .where('observed_states.asked_at', '<=', state.askedAt);
  }
}
