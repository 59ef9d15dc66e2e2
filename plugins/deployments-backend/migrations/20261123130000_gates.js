// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('approvals', table => {
    table
      .text('approver_groups', 'longtext')
      .nullable()
      .comment('JSON; the approver groups that the person is a member of');
  });

  await knex.schema.createTable('run_gates', table => {
    table.comment('How the gates of runs stood when they were looked at last');
    table
      .string('run_id', 36)
      .primary()
      .references('runs.id')
      .onDelete('CASCADE');
    table.text('gates', 'longtext').notNullable().comment('JSON');
  });

  await knex.schema.createTable('gate_decisions', table => {
    table.comment('What people said to gates of runs; the last word counts');
    table.increments('id');
    table
      .string('run_id', 36)
      .notNullable()
      .references('runs.id')
      .onDelete('CASCADE');
    table.string('gate_id', 200).notNullable();
    table.string('plan_hash', 64).notNullable().references('plans.hash');
    table.string('decision', 20).notNullable();
    table.string('decided_by', 255).notNullable();
    table.string('decided_at', 24).notNullable();
    table.text('reason').nullable();
    table.string('expires_at', 24).nullable();
    table.index(['run_id', 'id'], 'gate_decisions_run_idx');
  });

  await knex.schema.createTable('serving_releases', table => {
    table.comment('How long environments were seen to serve a release well');
    table.string('service_ref', 255).notNullable();
    table.string('environment', 40).notNullable();
    table.string('release_id', 36).nullable();
    table
      .bigInteger('served_ms')
      .notNullable()
      .comment('Without a break; time that nobody looked does not count');
    table.string('asked_at', 24).notNullable();
    table
      .string('setback', 500)
      .nullable()
      .comment('Why the time began anew, where it did');
    table.primary(['service_ref', 'environment']);
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('serving_releases');
  await knex.schema.dropTable('gate_decisions');
  await knex.schema.dropTable('run_gates');
  await knex.schema.alterTable('approvals', table => {
    table.dropColumn('approver_groups');
  });
};
