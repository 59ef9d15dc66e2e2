import { setTimeout as delay } from 'node:timers/promises';
import {
  Command,
  MigrationsSpec,
  Reconciled,
  SourceRepository,
} from '@slipway/plugin-deployments-node';
import { Release } from '@slipway/plugin-deployments-common';
import { z } from 'zod';
import { SILENT_LOG } from '../host';
import { createApplicationVariables } from '../site';
import { VpsStep, VpsStepContext, VpsTools } from '../types';
import { readPreparedHost } from './checkHostStep';
import { onHost } from './onHost';
import { persist } from './persist';

/** Time for what comes before and after a command, milliseconds. */
const MARGIN_MS = 30_000;

/** How soon a command that goes on is asked for again, milliseconds. */
const POLL_MS = 1_000;

const recordedSchema = z
  .object({
    state: z.enum(['begun', 'succeeded', 'failed']),
    /** Whether it still runs. */
    isAlive: z.boolean(),
  })
  .nullable();

/** Backs the database up and migrates it (V6.1), where the release brings new migrations. */
export function migrationSteps(
  tools: VpsTools,
  migrations: MigrationsSpec,
): VpsStep[] {
  const migrate = commandStep(tools, {
    id: 'run-migrations',
    title: 'Run migrations',
    command: migrations.command,
    migrations,
    mend: `Nothing was switched: the release before still serves. The database may be changed in part. ${describeWayBack(migrations)}`,
  });
  return migrations.backup === undefined
    ? [migrate]
    : [
        commandStep(tools, {
          id: 'back-up-database',
          title: 'Back up database',
          command: migrations.backup,
          migrations,
          mend: 'Nothing was migrated or switched. Mend the backup command first.',
        }),
        migrate,
      ];
}

/** The way back for a database that was migrated, a sentence. */
export function describeWayBack({
  backup,
  restoreHint,
}: Pick<MigrationsSpec, 'backup' | 'restoreHint'>): string {
  if (restoreHint !== undefined) {
    return `The way back: ${restoreHint}`;
  }
  return backup === undefined
    ? 'No backup was made before, because the manifest names no command for it: write a migration that goes back, or restore a backup of your own.'
    : 'Restore it from the backup that was made before, or write a migration that goes back.';
}

/** Names of the migrations that a release has and the one that serves does not. */
export async function listNewMigrations(options: {
  migrations: MigrationsSpec;
  source: SourceRepository;
  from: Release | null;
  to: Release;
}): Promise<string[]> {
  const { migrations, source, from, to } = options;
  const [present, next] = await Promise.all([
    from ? source.listFiles(from.commit.id, migrations.directory) : [],
    source.listFiles(to.commit.id, migrations.directory),
  ]);
  const known = new Set(present);
  return next.filter(name => !known.has(name)).sort();
}

function commandStep(
  tools: VpsTools,
  options: {
    id: string;
    title: string;
    command: Command;
    migrations: MigrationsSpec;
    mend: string;
  },
): VpsStep {
  const { id, title, command, migrations, mend } = options;
  return persist({
    id,
    title,
    timeoutMs: migrations.timeout + MARGIN_MS,
    switches: false,
    async run(context) {
      const { environment, release, previous, source, log } = context;
      const names = await listNewMigrations({
        migrations,
        source,
        from: previous,
        to: release,
      });
      if (names.length === 0) {
        log.info('The release brings no new migrations.');
        return {};
      }
      log.info(`New migrations: ${names.join(', ')}`);
      await onHost(tools, context, {
        task: 'command',
        input: {
          directory: readPreparedHost(context).directory,
          argv: command,
          env: {
            ...createApplicationVariables(environment, release),
            PORT: String(environment.parameters.port),
          },
          key: context.idempotencyKey,
          timeoutMs: migrations.timeout,
          mend,
        },
        result: z.null(),
      });
      return {};
    },
    reconcile: context => recallCommand(tools, context, title, mend),
  });
}

/**
 * A command that began goes on without its worker, and must not be begun a second time beside itself: it is waited for
 * as long as it runs.
 */
async function recallCommand(
  tools: VpsTools,
  context: VpsStepContext,
  title: string,
  mend: string,
): Promise<Reconciled> {
  for (;;) {
    const recorded = await onHost(
      tools,
      { ...context, log: SILENT_LOG },
      {
        task: 'recall',
        input: { key: context.idempotencyKey },
        result: recordedSchema,
      },
    );
    if (recorded === null) {
      return { outcome: 'redo' };
    }
    switch (recorded.state) {
      case 'succeeded':
        return { outcome: 'done', result: {} };
      case 'failed':
        return {
          outcome: 'unknown',
          message: `${title}: the command failed while nobody watched. ${mend}`,
        };
      case 'begun':
        if (!recorded.isAlive) {
          return {
            outcome: 'unknown',
            message: `${title}: the command began, and does not run any more; how it ended was not written down. ${mend}`,
          };
        }
        await delay(POLL_MS, undefined, { signal: context.signal });
        break;
      default:
        return recorded.state satisfies never;
    }
  }
}
