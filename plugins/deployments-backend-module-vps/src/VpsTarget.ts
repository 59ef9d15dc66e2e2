import path from 'node:path';
import { isError } from '@backstage/errors';
import {
  ConfigurationChange,
  configurationChangeSchema,
  Digest,
  Finding,
  ObservedState,
  Operation,
  Release,
} from '@slipway/plugin-deployments-common';
import {
  DeploymentTarget,
  Secret,
  StepErroredError,
  TargetPlan,
} from '@slipway/plugin-deployments-node';
import { z } from 'zod';
import { ArchiveStore, findArchive } from './archive/ArchiveStore';
import { connectionSchema, VpsConnection } from './connection';
import { Hosts, SILENT_LOG } from './host';
import { parametersSchema, VpsParameters } from './parameters';
import { createApplicationVariables, createSite } from './site';
import { describeState } from './state/describeState';
import { observationSchema } from './state/observation';
import {
  createSteps,
  describeWayBack,
  listNewMigrations,
  onHost,
} from './steps';
import {
  VpsEnvironment,
  VpsPlanContext,
  VpsStep,
  VpsTargetContext,
  VpsTools,
} from './types';

/** Servers: release directories, one atomic link, PM2. Over SSH, or on the portal's own machine. */
export class VpsTarget implements DeploymentTarget<
  VpsParameters,
  VpsConnection
> {
  readonly kind = 'vps';
  readonly capabilities = {
    rollbackWithoutRebuild: true,
    processes: true,
    scale: false,
    weights: false,
  };
  readonly parametersSchema = parametersSchema;
  readonly connectionSchema = connectionSchema;

  readonly #tools: VpsTools;

  /** @param options.workDirectory absolute: archives are kept and releases built below it */
  constructor(options: { workDirectory: string }) {
    const directory = path.join(options.workDirectory, 'vps');
    this.#tools = {
      hosts: new Hosts(),
      archives: new ArchiveStore(path.join(directory, 'archives')),
      workspaces: path.join(directory, 'workspaces'),
    };
  }

  /** A connection holds the name of a key file, and never a key. */
  secretsOf(): Secret[] {
    return [];
  }

  check({ parameters, connection }: VpsEnvironment) {
    const { directory } = parameters;
    const { directories } = connection.options;
    const isAllowed = directories.some(
      allowed => directory === allowed || directory.startsWith(`${allowed}/`),
    );
    return isAllowed
      ? []
      : [
          {
            path: ['directory'],
            message: `${directory} is not a directory that the connection ${connection.name} allows.`,
            mend: `Use a directory below ${directories.join(' or ')}.`,
          },
        ];
  }

  listPlaces(environment: VpsEnvironment) {
    const { base, port, processName } = createSite(environment);
    const { sparePort } = environment.parameters;
    return [
      { path: ['directory'], place: `directory ${base}` },
      { path: ['port'], place: `port ${port}` },
      ...(sparePort === undefined
        ? []
        : [{ path: ['sparePort'], place: `port ${sparePort}` }]),
      { path: ['processName'], place: `process name ${processName}` },
    ];
  }

  async observe(context: VpsTargetContext): Promise<ObservedState> {
    const askedAt = new Date().toISOString();
    try {
      const observation = await onHost(
        this.#tools,
        { ...context, log: SILENT_LOG },
        { task: 'observe', result: observationSchema },
      );
      return describeState(context.environment, observation, askedAt);
    } catch (error) {
      return {
        reach: 'unreachable',
        askedAt,
        message: isError(error) ? error.message : String(error),
        mend: error instanceof StepErroredError ? (error.mend ?? null) : null,
      };
    }
  }

  async plan(context: VpsPlanContext): Promise<TargetPlan> {
    const { operation, from, to } = context;
    const [migrations, configuration, findings] = await Promise.all([
      this.#planMigrations(context),
      this.#planConfiguration(context),
      this.#checkArchive(operation, to),
    ]);
    const isBack = operation === 'rollback';
    return {
      artifacts: [
        {
          name: 'archive',
          from: digestOf(from),
          to: digestOf(to),
        },
      ],
      migrations: isBack ? [] : migrations,
      configuration,
      findings: [
        ...findings,
        ...(isBack ? [] : warnOfNoBackup(context.environment, migrations)),
      ],
      doesNotRevert: isBack
        ? listWhatStays(context.environment, migrations)
        : [],
    };
  }

  steps(request: {
    operation: Operation | 'recover';
    environment: VpsEnvironment;
    build: boolean;
  }): VpsStep[] {
    return createSteps(this.#tools, request);
  }

  /** Closes the connections to all hosts. */
  async close(): Promise<void> {
    await this.#tools.hosts.close();
  }

  /** What would run; on the way back, what had run and stays. */
  async #planMigrations(context: VpsPlanContext) {
    const { operation, from, to, source, environment } = context;
    const { migrations } = environment.manifest;
    if (!migrations) {
      return [];
    }
    const names = await listNewMigrations(
      operation === 'rollback' && from
        ? { migrations, source, from: to, to: from }
        : { migrations, source, from, to },
    );
    return names.map(name => ({ name, findings: [] }));
  }

  #planConfiguration(context: VpsPlanContext): Promise<ConfigurationChange[]> {
    const { environment, operation, to } = context;
    return onHost(
      this.#tools,
      { ...context, log: SILENT_LOG },
      {
        task: 'compare',
        input: {
          env: createApplicationVariables(environment, to),
          secrets: [...environment.secrets.keys()],
          restore: operation === 'rollback' ? to.id : null,
        },
        result: z.array(configurationChangeSchema),
      },
    );
  }

  async #checkArchive(
    operation: Operation,
    release: Release,
  ): Promise<Finding[]> {
    const digest = digestOf(release);
    if (
      operation === 'rollback' ||
      digest === null ||
      (await this.#tools.archives.has(digest))
    ) {
      return [];
    }
    return [
      {
        severity: 'blocking',
        message: `The archive ${digest} of ${release.version} is missing.`,
        mend: 'Bring it back from a copy of the portal’s work directory, or deploy a new commit.',
      },
    ];
  }
}

function digestOf(release: Release | null): Digest | null {
  return (release && findArchive(release)?.digest) ?? null;
}

function warnOfNoBackup(
  { manifest }: VpsEnvironment,
  migrations: readonly { name: string }[],
): Finding[] {
  return migrations.length > 0 && manifest.migrations?.backup === undefined
    ? [
        {
          severity: 'warning',
          message: 'The migrations run without a backup of the database.',
          mend: 'Name a command that makes one in the manifest (migrations.backup).',
        },
      ]
    : [];
}

function listWhatStays(
  { manifest }: VpsEnvironment,
  migrations: readonly { name: string }[],
): string[] {
  return [
    ...(manifest.migrations && migrations.length > 0
      ? [
          `The database keeps the migrations that ran: ${migrations
            .map(({ name }) => name)
            .join(', ')}. ${describeWayBack(manifest.migrations)}`,
        ]
      : []),
    'Files below shared/ stay as they are.',
  ];
}
