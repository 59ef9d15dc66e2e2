import os from 'node:os';
import path from 'node:path';
import { Config, readDurationFromConfig } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { durationToMilliseconds } from '@backstage/types';
import { environmentNameSchema } from '@slipway/plugin-deployments-common';
import {
  CheckProvider,
  Connection,
  DeploymentTarget,
  ProtectionSpec,
  protectionSchema,
  Secret,
} from '@slipway/plugin-deployments-node';
import { z } from 'zod';
import { readRepositoryPattern, RepositoryPattern } from '../source';
import { checkProtection } from '../manifest/checkProtection';
import { DEFAULT_GATE_INTERVAL_MS } from '../runs/passGates';
import { toFullReferences } from '../toFullReferences';
import { toGroupRef } from '../toGroupRef';

/** The PostgreSQL schema of the run queue, unless app-config says otherwise. */
const DEFAULT_ENGINE_SCHEMA = 'deployments_engine';

const DEFAULT_OBSERVATION_INTERVAL_MS = 30_000;

/** The protocols that a git URL may have, unless app-config says otherwise. */
const DEFAULT_SOURCE_PROTOCOLS = ['https', 'ssh'] as const;

/** A shorter secret is none: it turns up in any text by chance. */
const MIN_SECRET_CHARS = 6;

/** A connection of app-config, its options checked by the kind that drives it. */
export type ConfiguredConnection = Connection<unknown> & {
  kind: string;
  /** Owners (full entity references) whose components may use it; `*` stands for all. */
  allow: readonly string[];
};

/** A secret of app-config, and whose components may have it. */
export type ConfiguredSecret = {
  secret: Secret;
  allow: readonly string[];
};

/**
 * A protection that no manifest can weaken: it holds for environments of these names, and for all that use one of these
 * connections, whatever a manifest calls them.
 */
export type MinimumProtection = ProtectionSpec & {
  environments: string[];
  connections: string[];
};

export type SourceProtocol = z.infer<typeof sourceProtocolSchema>;

/** All that administrators say below `deployments` in app-config. */
export type DeploymentsConfiguration = {
  /** Absolute. Git mirrors, build workspaces and archives lie below it. */
  workDirectory: string;
  sourceProtocols: readonly SourceProtocol[];
  /** The repositories that manifests may name; undefined: each the one that it lies in. */
  sourceAllow: readonly RepositoryPattern[] | undefined;
  observationIntervalMs: number;
  /** The PostgreSQL schema in which the queue of runs is kept. */
  engineSchema: string;
  connections: ReadonlyMap<string, ConfiguredConnection>;
  secrets: ReadonlyMap<string, ConfiguredSecret>;
  minimumProtection: readonly MinimumProtection[];
  /** How often gates are looked at that neither people nor the calendar open. */
  gateIntervalMs: number;
};

const sourceProtocolSchema = z.enum(['https', 'ssh', 'http', 'git', 'file']);

const ownerSchema = z.string().transform((ref, context) => {
  if (ref === '*') {
    return ref;
  }
  try {
    return toGroupRef(ref);
  } catch {
    context.addIssue({
      code: 'custom',
      message: 'is not an entity reference such as group:default/shop-team',
    });
    return z.NEVER;
  }
});

const repositoryPatternSchema = z.string().transform((text, context) => {
  const pattern = readRepositoryPattern(text);
  if (!pattern) {
    context.addIssue({
      code: 'custom',
      message:
        'is not a git URL, one that ends with /* for all below it, or * for all',
    });
    return z.NEVER;
  }
  return pattern;
});

const nameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'is not a plain name');

/** `observation` and `gates` are read by the framework's own duration reader. */
const deploymentsSchema = z.object({
  workDirectory: z.string().min(1).optional(),
  source: z
    .object({
      protocols: z
        .array(sourceProtocolSchema)
        .min(1)
        .default([...DEFAULT_SOURCE_PROTOCOLS]),
      allow: z.array(repositoryPatternSchema).min(1).optional(),
    })
    .prefault({}),
  engine: z
    .strictObject({
      schema: z
        .string()
        .regex(
          /^[a-z_][a-z0-9_]{0,39}$/,
          'is not a schema name of at most 40 lower-case letters, digits and underscores',
        )
        .default(DEFAULT_ENGINE_SCHEMA),
    })
    .prefault({}),
  connections: z
    .array(
      z.looseObject({
        name: nameSchema,
        kind: z.string(),
        allow: z.array(ownerSchema).min(1),
      }),
    )
    .default([]),
  secrets: z
    .array(
      z.strictObject({
        name: nameSchema,
        value: z
          .string()
          .min(
            MIN_SECRET_CHARS,
            `has fewer than ${MIN_SECRET_CHARS} characters, which nobody could mask in a log`,
          ),
        allow: z.array(ownerSchema).min(1),
      }),
    )
    .default([]),
  minimumProtection: z
    .array(
      protectionSchema
        .extend({
          environments: z.array(environmentNameSchema).default([]),
          connections: z.array(nameSchema).default([]),
        })
        .refine(
          ({ environments, connections }) =>
            environments.length + connections.length > 0,
          'names neither environments nor connections',
        ),
    )
    .default([]),
});

/**
 * Reads what app-config says below `deployments`, and checks all of it, so that a wrong entry
 * stops the start and not a deployment.
 *
 * @throws InputError that names every wrong entry, without its value.
 */
export function readConfiguration(options: {
  config: Config;
  targets: ReadonlyMap<string, DeploymentTarget>;
  checks: ReadonlyMap<string, CheckProvider>;
}): DeploymentsConfiguration {
  const { config, targets, checks } = options;
  const result = deploymentsSchema.safeParse(
    config.getOptional('deployments') ?? {},
  );
  if (!result.success) {
    throw createConfigurationError(describeIssues(result.error, []));
  }
  const problems: string[] = [];
  const connections = new Map<string, ConfiguredConnection>();
  result.data.connections.forEach((entry, index) => {
    const { name, kind, allow, ...rest } = entry;
    const target = targets.get(kind);
    if (connections.has(name)) {
      problems.push(`connections[${index}].name: ${name} is there twice`);
    }
    if (!target) {
      problems.push(
        `connections[${index}].kind: ${kind} is not installed; ${listInstalledKinds(targets)}`,
      );
      return;
    }
    const parsed = target.connectionSchema.safeParse(rest);
    if (!parsed.success) {
      problems.push(...describeIssues(parsed.error, ['connections', index]));
      return;
    }
    connections.set(name, { name, kind, allow, options: parsed.data });
  });
  const secrets = new Map<string, ConfiguredSecret>();
  result.data.secrets.forEach(({ name, value, allow }, index) => {
    if (secrets.has(name)) {
      problems.push(`secrets[${index}].name: ${name} is there twice`);
    }
    secrets.set(name, { secret: new Secret(name, value), allow });
  });
  result.data.minimumProtection.forEach((entry, index) => {
    for (const name of entry.connections) {
      if (!connections.has(name)) {
        problems.push(
          `minimumProtection[${index}].connections: there is no connection ${name}`,
        );
      }
    }
    for (const fault of checkProtection({
      protection: entry,
      providers: checks,
    })) {
      const place = ['minimumProtection', index, ...fault.path];
      problems.push(
        ...('issues' in fault
          ? describeIssues(fault, place)
          : [`${z.core.toDotPath(place)}: ${fault.message} ${fault.mend}`]),
      );
    }
  });
  if (problems.length > 0) {
    throw createConfigurationError(problems);
  }
  return {
    workDirectory: path.resolve(
      result.data.workDirectory ??
        path.join(os.tmpdir(), 'slipway-deployments'),
    ),
    sourceProtocols: result.data.source.protocols,
    sourceAllow: result.data.source.allow,
    observationIntervalMs: readInterval(
      config,
      'deployments.observation.interval',
      DEFAULT_OBSERVATION_INTERVAL_MS,
    ),
    engineSchema: result.data.engine.schema,
    connections,
    secrets,
    minimumProtection: result.data.minimumProtection.map(entry => ({
      ...entry,
      approvers: toFullReferences(entry.approvers),
    })),
    gateIntervalMs: readInterval(
      config,
      'deployments.gates.interval',
      DEFAULT_GATE_INTERVAL_MS,
    ),
  };
}

function readInterval(config: Config, key: string, defaultMs: number): number {
  return config.has(key)
    ? durationToMilliseconds(readDurationFromConfig(config, { key }))
    : defaultMs;
}

/** A sentence on which kinds of target there are. */
export function listInstalledKinds(
  targets: ReadonlyMap<string, DeploymentTarget>,
): string {
  return targets.size === 0
    ? 'no kind is installed'
    : `installed: ${[...targets.keys()].sort().join(', ')}`;
}

function createConfigurationError(problems: string[]): InputError {
  return new InputError(
    `app-config is wrong below deployments:\n- ${problems.join('\n- ')}`,
  );
}

function describeIssues(
  error: { issues: z.core.$ZodIssue[] },
  prefix: Array<string | number>,
): string[] {
  return error.issues.map(({ path: inner, message }) => {
    const where = z.core.toDotPath([...prefix, ...inner]);
    return `${where}: ${message}`;
  });
}
