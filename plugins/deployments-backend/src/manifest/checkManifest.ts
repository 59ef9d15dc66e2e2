import {
  ManifestProblem,
  ServiceRef,
} from '@slipway/plugin-deployments-common';
import {
  CheckProvider,
  DeploymentTarget,
  EnvironmentSpec,
  environmentSchema,
  Manifest,
  manifestSchema,
  TargetEnvironment,
} from '@slipway/plugin-deployments-node';
import { z } from 'zod';
import { DeploymentsConfiguration } from '../configuration';
import { checkRepositoryUrl, mayNameRepository } from '../source';
import { checkEnvironment } from './checkEnvironment';
import { explainIssues } from './explainIssues';
import { ManifestDocument } from './ManifestDocument';

export type CheckManifestOptions = {
  text: string;
  /** Where it lies. */
  url: string;
  /** As people know it: `deploy.yaml`. */
  file: string;
  serviceRef: ServiceRef;
  /** Full entity references. */
  owners: readonly string[];
  /** Git URL of the component's source, for a manifest that names none. */
  repository: string | null;
  targets: ReadonlyMap<string, DeploymentTarget>;
  checks: ReadonlyMap<string, CheckProvider>;
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
  const problems = explainIssues({
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
  problems.push(...checkRepository({ ...options, document, repository }));
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
  problems.push(
    ...findSharedPlaces({ document, environments, targets: options.targets }),
  );
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, manifest, repository, environments };
}

function checkRepository(
  options: Pick<
    CheckManifestOptions,
    'url' | 'repository' | 'configuration'
  > & {
    document: ManifestDocument;
  },
): ManifestProblem[] {
  const { document, repository, url, configuration } = options;
  const { sourceProtocols, sourceAllow } = configuration;
  if (repository === null) {
    return [
      document.createProblem({
        message: 'It is not known where the source is.',
        mend: 'Add `repository` with the git URL.',
        path: [],
      }),
    ];
  }
  const path = ['repository'];
  try {
    checkRepositoryUrl(repository, sourceProtocols);
  } catch (error) {
    return [
      document.createProblem({
        message: error instanceof Error ? error.message : String(error),
        mend: 'Write another git URL as `repository`.',
        path,
      }),
    ];
  }
  const mayName = mayNameRepository({
    repository,
    manifestUrl: url,
    allow: sourceAllow,
  });
  if (mayName) {
    return [];
  }
  return [
    document.createProblem(
      sourceAllow
        ? {
            message: `The repository \`${repository}\` is not among those that this portal deploys.`,
            mend: 'Write the plain URL of one that is, or ask the portal’s administrators to add it to `deployments.source.allow` in app-config.',
            path,
          }
        : {
            message: `The repository \`${repository}\` is not the one in which this manifest lies (${url}).`,
            mend: 'Deploy from the manifest’s own repository, by its plain URL, or ask the portal’s administrators to allow the other one with `deployments.source.allow` in app-config.',
            path,
          },
    ),
  ];
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

/** Environments that would overwrite each other. */
function findSharedPlaces(options: {
  document: ManifestDocument;
  environments: readonly TargetEnvironment[];
  targets: ReadonlyMap<string, DeploymentTarget>;
}): ManifestProblem[] {
  const { document, environments, targets } = options;
  const holders = new Map<string, TargetEnvironment>();
  return environments.flatMap((environment, index) => {
    const { connection, spec } = environment;
    const places = targets.get(spec.target.kind)?.listPlaces(environment) ?? [];
    return places.flatMap(({ path, place }) => {
      const key = JSON.stringify([connection.name, place]);
      const holder = holders.get(key) ?? environment;
      holders.set(key, holder);
      return holder === environment
        ? []
        : document.createProblem({
            message: `\`${environment.name}\` and \`${holder.name}\` have the same ${place} on \`${connection.name}\`.`,
            mend: `Give \`${environment.name}\` one of its own.`,
            path: ['environments', index, 'target', 'parameters', ...path],
          });
    });
  });
}
