// @ts-check

/**
 * Runs from before were not told apart: they count as asked for by a person, so none of them is kept waiting.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('runs', table => {
    table
      .string('origin', 20)
      .notNullable()
      .defaultTo('person')
      .comment('Whether a person or automation set it going');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.alterTable('runs', table => {
    table.dropColumn('origin');
  });
};
