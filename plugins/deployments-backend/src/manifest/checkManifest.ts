import {
  ManifestProblem,
  ServiceRef,
} from '@slipway/plugin-deployments-common';
import {
  DeploymentTarget,
  EnvironmentSpec,
  environmentSchema,
  Manifest,
  manifestSchema,
  Secret,
  TargetEnvironment,
} from '@slipway/plugin-deployments-node';
import { z } from 'zod';
import { DeploymentsConfiguration } from '../configuration';
import { checkRepositoryUrl } from '../source';
import { explainIssue, listWords, suggestWord } from './explainIssue';
import { ManifestDocument } from './ManifestDocument';
import { strengthenProtection } from './strengthenProtection';

export type CheckManifestOptions = {
  text: string;
  /** As people know it: `deploy.yaml`. */
  file: string;
  serviceRef: ServiceRef;
  /** Full entity references. */
  owners: readonly string[];
  /** Git URL of the component's source, for a manifest that names none. */
  repository: string | null;
  targets: ReadonlyMap<string, DeploymentTarget>;
  configuration: DeploymentsConfiguration;
};

export type CheckedManifest =
  | {
      ok: true;
      manifest: Manifest;
      repository: string;
      environments: TargetEnvironment[];
    }
  | { ok: false; problems: ManifestProblem[] };

/** Parses a manifest and checks everything that can be checked without asking a target. */
export function checkManifest(options: CheckManifestOptions): CheckedManifest {
  const { text, file } = options;
  const parsed = ManifestDocument.parse({ text, file });
  if (!parsed.ok) {
    return parsed;
  }
  const { document, value } = parsed;
  const result = manifestSchema.safeParse(value);
  const problems = explainAll({
    document,
    value,
    schema: manifestSchema,
    issues: result.error?.issues ?? [],
  });
  const drafts = listEnvironments(value).map(({ spec, index }) =>
    checkEnvironment({ ...options, document, spec, index, problems }),
  );
  problems.push(...findDuplicateNames(document, value));
  const repository = result.data?.repository ?? options.repository;
  if (repository === null) {
    problems.push(
      document.createProblem({
        message: 'It is not known where the source is.',
        mend: 'Add `repository` with the git URL.',
        path: [],
      }),
    );
  } else {
    try {
      checkRepositoryUrl(repository, options.configuration.sourceProtocols);
    } catch (error) {
      problems.push(
        document.createProblem({
          message: error instanceof Error ? error.message : String(error),
          mend: 'Write another git URL as `repository`.',
          path: ['repository'],
        }),
      );
    }
  }
  if (!result.success || repository === null || problems.length > 0) {
    return { ok: false, problems };
  }
  const manifest: Manifest = {
    ...result.data,
    repository,
    environments: drafts.flatMap(draft => draft?.spec ?? []),
  };
  const environments = drafts.flatMap(draft =>
    draft ? [{ ...draft, manifest }] : [],
  );
  environments.forEach((environment, index) => {
    for (const found of options.targets
      .get(environment.spec.target.kind)
      ?.check(environment) ?? []) {
      problems.push(
        document.createProblem({
          message: found.message,
          mend: found.mend,
          path: ['environments', index, 'target', 'parameters', ...found.path],
        }),
      );
    }
  });
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, manifest, repository, environments };
}

/** The environments that are well formed in themselves, whatever else is wrong with the manifest. */
function listEnvironments(
  value: unknown,
): Array<{ spec: EnvironmentSpec; index: number }> {
  const list = z
    .object({ environments: z.array(z.unknown()) })
    .safeParse(value).data;
  return (list?.environments ?? []).flatMap((raw, index) => {
    const spec = environmentSchema.safeParse(raw).data;
    return spec ? [{ spec, index }] : [];
  });
}

/** Resolves one environment; undefined where it has problems, which are added. */
function checkEnvironment(
  options: CheckManifestOptions & {
    document: ManifestDocument;
    spec: EnvironmentSpec;
    index: number;
    problems: ManifestProblem[];
  },
): Omit<TargetEnvironment, 'manifest'> | undefined {
  const { document, spec, index, problems, targets, configuration } = options;
  const before = problems.length;
  const path = ['environments', index];
  const target = targets.get(spec.target.kind);
  if (!target) {
    const kinds = [...targets.keys()];
    problems.push(
      document.createProblem({
        message: `Kind \`${spec.target.kind}\` is not installed.`,
        mend: suggestWord(spec.target.kind, kinds) ?? listWords(kinds),
        path: [...path, 'target', 'kind'],
      }),
    );
    return undefined;
  }
  const parameters = target.parametersSchema.safeParse(spec.target.parameters);
  problems.push(
    ...explainAll({
      document,
      value: spec.target.parameters,
      schema: target.parametersSchema,
      issues: parameters.error?.issues ?? [],
      prefix: [...path, 'target', 'parameters'],
    }),
  );
  const connection = findConnection(options);
  const secrets = new Map<string, Secret>();
  for (const [variable, name] of Object.entries(spec.secrets)) {
    const secret = findSecret({ ...options, variable, name });
    if (secret) {
      secrets.set(variable, secret);
    }
    if (Object.hasOwn(spec.variables, variable)) {
      problems.push(
        document.createProblem({
          message: `\`${variable}\` is a variable and a secret.`,
          mend: 'Take it out of `variables` or out of `secrets`.',
          path: [...path, 'secrets', variable],
        }),
      );
    }
  }
  if (!connection || !parameters.success || problems.length > before) {
    return undefined;
  }
  return {
    serviceRef: options.serviceRef,
    name: spec.name,
    spec: {
      ...spec,
      protection: strengthenProtection({
        environment: spec.name,
        protection: spec.protection,
        minimum: configuration.minimumProtection,
      }),
    },
    parameters: parameters.data,
    connection: { name: connection.name, options: connection.options },
    secrets,
  };
}

function findConnection(
  options: Parameters<typeof checkEnvironment>[0],
): TargetEnvironment['connection'] | undefined {
  const { document, spec, index, problems, configuration, owners } = options;
  const { connection: name, kind } = spec.target;
  const path = ['environments', index, 'target', 'connection'];
  const connection = configuration.connections.get(name);
  if (!connection) {
    const usable = [...configuration.connections.values()]
      .filter(other => other.kind === kind && isAllowed(other.allow, owners))
      .map(other => other.name);
    problems.push(
      document.createProblem({
        message: `There is no connection \`${name}\`.`,
        mend:
          suggestWord(name, usable) ??
          (usable.length > 0
            ? `Write one of those that you may use: ${usable.join(', ')}.`
            : 'Ask the portal’s administrators for a connection.'),
        path,
      }),
    );
    return undefined;
  }
  if (!isAllowed(connection.allow, owners)) {
    problems.push(
      document.createProblem({
        message: `Connection \`${name}\` is not for components of ${listOwners(owners)}.`,
        mend: `Use another connection, or ask the portal’s administrators to allow ${listOwners(owners)} on this one.`,
        path,
      }),
    );
    return undefined;
  }
  if (connection.kind !== kind) {
    problems.push(
      document.createProblem({
        message: `Connection \`${name}\` is of kind \`${connection.kind}\`, not \`${kind}\`.`,
        mend: 'Use a connection of the kind that the target has.',
        path,
      }),
    );
    return undefined;
  }
  return connection;
}

function findSecret(
  options: Parameters<typeof checkEnvironment>[0] & {
    variable: string;
    name: string;
  },
): Secret | undefined {
  const { document, index, problems, configuration, owners } = options;
  const path = ['environments', index, 'secrets', options.variable];
  const configured = configuration.secrets.get(options.name);
  if (!configured) {
    problems.push(
      document.createProblem({
        message: `There is no secret \`${options.name}\`.`,
        mend: 'Ask the portal’s administrators to add it to app-config.',
        path,
      }),
    );
    return undefined;
  }
  if (!isAllowed(configured.allow, owners)) {
    problems.push(
      document.createProblem({
        message: `Secret \`${options.name}\` is not for components of ${listOwners(owners)}.`,
        mend: `Ask the portal’s administrators to allow ${listOwners(owners)}.`,
        path,
      }),
    );
    return undefined;
  }
  return configured.secret;
}

function findDuplicateNames(
  document: ManifestDocument,
  value: unknown,
): ManifestProblem[] {
  const seen = new Set<string>();
  return listEnvironments(value).flatMap(({ spec: { name }, index }) => {
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return document.createProblem({
      message: `There are two environments named \`${name}\`.`,
      mend: 'Give each environment a name of its own.',
      path: ['environments', index, 'name'],
    });
  });
}

function explainAll(options: {
  document: ManifestDocument;
  value: unknown;
  schema: z.ZodType;
  issues: readonly z.core.$ZodIssue[];
  prefix?: readonly PropertyKey[];
}): ManifestProblem[] {
  const { document, issues, ...rest } = options;
  return issues.flatMap(issue =>
    explainIssue({ ...rest, issue }).map(explanation =>
      document.createProblem(explanation),
    ),
  );
}

function isAllowed(
  allow: readonly string[],
  owners: readonly string[],
): boolean {
  return allow.includes('*') || owners.some(owner => allow.includes(owner));
}

function listOwners(owners: readonly string[]): string {
  return owners.length > 0 ? owners.join(', ') : 'nobody';
}
