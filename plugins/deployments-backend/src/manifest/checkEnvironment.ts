import {
  ManifestProblem,
  ServiceRef,
} from '@slipway/plugin-deployments-common';
import {
  CheckProvider,
  DeploymentTarget,
  EnvironmentSpec,
  ProtectionSpec,
  Secret,
  TargetEnvironment,
} from '@slipway/plugin-deployments-node';
import { DeploymentsConfiguration } from '../configuration';
import { toFullReferences } from '../toFullReferences';
import { checkProtection } from './checkProtection';
import { listWords, suggestWord } from './explainIssue';
import { explainIssues } from './explainIssues';
import { ManifestDocument } from './ManifestDocument';
import { strengthenProtection } from './strengthenProtection';

type CheckEnvironmentOptions = {
  serviceRef: ServiceRef;
  owners: readonly string[];
  targets: ReadonlyMap<string, DeploymentTarget>;
  checks: ReadonlyMap<string, CheckProvider>;
  configuration: DeploymentsConfiguration;
  document: ManifestDocument;
  spec: EnvironmentSpec;
  /** Its place in the manifest. */
  index: number;
  /** Where what is wrong is added. */
  problems: ManifestProblem[];
};

/** Resolves one environment; undefined where it has problems, which are added. */
export function checkEnvironment(
  options: CheckEnvironmentOptions,
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
    ...explainIssues({
      document,
      value: spec.target.parameters,
      schema: target.parametersSchema,
      issues: parameters.error?.issues ?? [],
      prefix: [...path, 'target', 'parameters'],
    }),
  );
  const connection = findConnection(options);
  const protection = readProtection(options);
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
  if (
    !connection ||
    !protection ||
    !parameters.success ||
    problems.length > before
  ) {
    return undefined;
  }
  return {
    serviceRef: options.serviceRef,
    name: spec.name,
    spec: {
      ...spec,
      protection: strengthenProtection({
        environment: spec.name,
        connection: connection.name,
        protection,
        minimum: configuration.minimumProtection,
      }),
    },
    parameters: parameters.data,
    connection: { name: connection.name, options: connection.options },
    secrets,
  };
}

/** The manifest's protection, with approvers as full entity references, as people's claims are; undefined where it has problems, which are added. */
function readProtection(
  options: CheckEnvironmentOptions,
): ProtectionSpec | undefined {
  const { document, spec, index, problems, checks } = options;
  const { protection } = spec;
  const path = ['environments', index, 'protection'];
  const before = problems.length;
  for (const fault of checkProtection({ protection, providers: checks })) {
    problems.push(
      ...('issues' in fault
        ? explainIssues({
            ...fault,
            document,
            prefix: [...path, ...fault.path],
          })
        : [
            document.createProblem({
              ...fault,
              path: [...path, ...fault.path],
            }),
          ]),
    );
  }
  if (protection.soak !== undefined && index === 0) {
    problems.push(
      document.createProblem({
        message: `There is no environment before \`${spec.name}\` in which a release could serve.`,
        mend: 'Take `soak` out, or put an environment before this one.',
        path: [...path, 'soak'],
      }),
    );
  }
  return problems.length > before
    ? undefined
    : { ...protection, approvers: toFullReferences(protection.approvers) };
}

function findConnection(
  options: CheckEnvironmentOptions,
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
  options: CheckEnvironmentOptions & {
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

function isAllowed(
  allow: readonly string[],
  owners: readonly string[],
): boolean {
  return allow.includes('*') || owners.some(owner => allow.includes(owner));
}

function listOwners(owners: readonly string[]): string {
  return owners.length > 0 ? owners.join(', ') : 'nobody';
}
