// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('gate_decisions', table => {
    table
      .string('overrode', 20)
      .nullable()
      .comment('How the gate stood that a person let a run pass');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.alterTable('gate_decisions', table => {
    table.dropColumn('overrode');
  });
};
