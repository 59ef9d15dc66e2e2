// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('steps', table => {
    table
      .integer('timeout_ms')
      .nullable()
      .comment('How long it may take; not known of steps from before');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.alterTable('steps', table => {
    table.dropColumn('timeout_ms');
  });
};
