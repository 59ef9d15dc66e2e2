// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('runs', table => {
    table
      .text('crash_place')
      .nullable()
      .comment('How far it was when it was last taken from a worker that went');
    table
      .integer('crashes')
      .notNullable()
      .defaultTo(0)
      .comment('How many workers in a row went away there');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.alterTable('runs', table => {
    table.dropColumn('crash_place');
    table.dropColumn('crashes');
  });
};
