import { ReadinessCheck } from '@slipway/plugin-deployments-node';
import { Knex } from 'knex';

/** Whether the plugin's database answers: without it no run is claimed, and nothing can be asked for. */
export function createDatabaseCheck(knex: Knex): ReadinessCheck {
  return {
    name: 'the database of deployments',
    async check() {
      await knex.raw('select 1');
    },
  };
}
