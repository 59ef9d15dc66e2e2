// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('runs', table => {
    table
      .string('told', 80)
      .nullable()
      .comment('The phase, and since when, that people were last told of');
  });
  // Of what came before people have been told.
  await knex('runs').update({
    told: knex.raw(`phase || ' ' || phase_since`),
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.alterTable('runs', table => {
    table.dropColumn('told');
  });
};
