// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('valid_manifests', table => {
    table.comment('The last manifest of each service that was valid');
    table.string('service_ref', 255).primary();
    table.text('text', 'longtext').notNullable();
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('valid_manifests');
};
