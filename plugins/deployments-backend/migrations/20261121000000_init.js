// @ts-check

/**
 * Times are ISO 8601 in UTC with milliseconds, so they sort as text; JSON is text. Both read alike in
 * SQLite and PostgreSQL.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('releases', table => {
    table.comment('Immutable versions of services');
    table.string('id', 36).primary();
    table.string('service_ref', 255).notNullable();
    table.string('version', 255).notNullable();
    table.string('commit_id', 40).notNullable();
    table.text('commit', 'longtext').notNullable().comment('JSON');
    table
      .text('artifacts', 'longtext')
      .nullable()
      .comment('JSON; null until the first run has built them');
    table.string('created_at', 24).notNullable();
    table.unique(['service_ref', 'commit_id'], {
      indexName: 'releases_commit_uniq',
    });
    table.index(['service_ref', 'created_at'], 'releases_newest_idx');
  });

  await knex.schema.createTable('plans', table => {
    table.comment('What operations would do, by the hash of their content');
    table.string('hash', 64).primary();
    table.text('content', 'longtext').notNullable().comment('JSON');
    table.string('created_at', 24).notNullable();
    table.double('usual_ms').nullable();
  });

  await knex.schema.createTable('environments', table => {
    table.comment('Who holds an environment; its row is the lock of its queue');
    table.string('service_ref', 255).notNullable();
    table.string('name', 40).notNullable();
    table.integer('last_ticket').notNullable();
    table.string('held_by', 36).nullable().comment('Run');
    table.primary(['service_ref', 'name']);
  });

  await knex.schema.createTable('runs', table => {
    table.comment('Operations being carried out, and those that were');
    table.string('id', 36).primary();
    table.string('service_ref', 255).notNullable();
    table.string('environment', 40).notNullable();
    table.string('operation', 40).notNullable();
    table.string('plan_hash', 64).notNullable().references('plans.hash');
    table.string('release_id', 36).notNullable().references('releases.id');
    table
      .string('from_release_id', 36)
      .nullable()
      .comment('What served when the plan was made');
    table.string('phase', 40).notNullable();
    table.string('phase_since', 24).notNullable();
    table
      .text('outcome', 'longtext')
      .nullable()
      .comment('JSON; how it ends, also while what was done is taken back');
    table.string('rolled_back_to', 36).nullable().references('releases.id');
    table
      .boolean('builds')
      .nullable()
      .comment('Whether it makes the artifacts of its release');
    table.integer('ticket').nullable().comment('Place in the queue');
    table.string('requested_by', 255).notNullable();
    table.text('reason').nullable();
    table.string('cancel_requested_by', 255).nullable();
    table.string('created_at', 24).notNullable();
    table.string('started_at', 24).nullable();
    table.string('finished_at', 24).nullable();
    table.integer('fence').notNullable().comment('Raised by each claim');
    table.string('claimed_by', 36).nullable().comment('Engine at work on it');
    table.integer('log_lines').notNullable();
    table.integer('log_bytes').notNullable();
    table.index(['service_ref', 'created_at', 'id'], 'runs_newest_idx');
    table.index(
      ['service_ref', 'environment', 'phase', 'ticket'],
      'runs_environment_idx',
    );
    table.index(['phase'], 'runs_phase_idx');
  });

  await knex.schema.createTable('run_wakes', table => {
    table.comment('Runs that the embedded engine has to look at, and when');
    table
      .string('run_id', 36)
      .primary()
      .references('runs.id')
      .onDelete('CASCADE');
    table.string('wake_at', 24).notNullable();
    table.index(['wake_at'], 'run_wakes_due_idx');
  });

  await knex.schema.createTable('steps', table => {
    table.comment('Steps of runs, in order');
    table
      .string('run_id', 36)
      .notNullable()
      .references('runs.id')
      .onDelete('CASCADE');
    table.integer('position').notNullable();
    table.string('step_id', 100).notNullable();
    table.string('title', 255).notNullable();
    table.string('stage', 20).notNullable();
    table.boolean('switches').notNullable();
    table.string('status', 20).notNullable();
    table.integer('attempt').notNullable();
    table.string('started_at', 24).nullable();
    table.string('finished_at', 24).nullable();
    table.text('output', 'longtext').nullable().comment('JSON');
    table.text('problem', 'longtext').nullable().comment('JSON');
    table.primary(['run_id', 'position']);
    table.unique(['run_id', 'stage', 'step_id'], {
      indexName: 'steps_step_id_uniq',
    });
  });

  await knex.schema.createTable('log_lines', table => {
    table.comment('Logs of runs; lines are numbered from 1 without gaps');
    table
      .string('run_id', 36)
      .notNullable()
      .references('runs.id')
      .onDelete('CASCADE');
    table.integer('line').notNullable();
    table.integer('step').notNullable().comment('Position of the step');
    table.string('written_at', 24).notNullable();
    table.string('stream', 10).notNullable();
    table.text('text', 'longtext').notNullable();
    table.primary(['run_id', 'line']);
  });

  await knex.schema.createTable('approvals', table => {
    table.comment('What people said to the plans of runs');
    table.string('id', 36).primary();
    table
      .string('run_id', 36)
      .notNullable()
      .references('runs.id')
      .onDelete('CASCADE');
    table.string('plan_hash', 64).notNullable().references('plans.hash');
    table.string('decision', 20).notNullable();
    table.string('decided_by', 255).notNullable();
    table.string('decided_at', 24).notNullable();
    table.text('reason').nullable();
    table.string('voided_at', 24).nullable();
    table.index(['run_id', 'decided_at'], 'approvals_run_idx');
    table.index(['decided_at'], 'approvals_newest_idx');
  });

  await knex.schema.createTable('observed_states', table => {
    table.comment('What targets said is running, the last answer of each');
    table.string('service_ref', 255).notNullable();
    table.string('environment', 40).notNullable();
    table.string('asked_at', 24).notNullable();
    table.text('state', 'longtext').notNullable().comment('JSON');
    table.primary(['service_ref', 'environment']);
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('observed_states');
  await knex.schema.dropTable('approvals');
  await knex.schema.dropTable('log_lines');
  await knex.schema.dropTable('steps');
  await knex.schema.dropTable('run_wakes');
  await knex.schema.dropTable('runs');
  await knex.schema.dropTable('environments');
  await knex.schema.dropTable('plans');
  await knex.schema.dropTable('releases');
};
