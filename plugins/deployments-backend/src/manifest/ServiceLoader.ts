import {
  AuthService,
  BackstageCredentials,
} from '@backstage/backend-plugin-api';
import { CATALOG_FILTER_EXISTS } from '@backstage/catalog-client';
import { stringifyEntityRef } from '@backstage/catalog-model';
import {
  isError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import { ScmIntegrations } from '@backstage/integration';
import { CatalogService } from '@backstage/plugin-catalog-node';
import {
  EnvironmentName,
  MANIFEST_ANNOTATION,
  ManifestProblem,
  Operation,
  ServiceRef,
  serviceRefSchema,
} from '@slipway/plugin-deployments-common';
import {
  CheckProvider,
  DeploymentTarget,
  TargetEnvironment,
} from '@slipway/plugin-deployments-node';
import { DeploymentsConfiguration } from '../configuration';
import { listOwners } from '../listOwners';
import { ManifestStore } from '../stores';
import { checkManifest } from './checkManifest';
import { locateManifest } from './locateManifest';
import { ManifestReader, ManifestTooLargeError } from './ManifestReader';
import { findLastValid, Service, ValidService } from './Service';

export type ServiceLoaderOptions = {
  auth: AuthService;
  catalog: CatalogService;
  integrations: ScmIntegrations;
  reader: ManifestReader;
  targets: ReadonlyMap<string, DeploymentTarget>;
  checks: ReadonlyMap<string, CheckProvider>;
  configuration: DeploymentsConfiguration;
  /** Keeps the last valid manifest of each service. */
  manifests: ManifestStore;
};

/** A component whose manifest's place is known. */
type LocatedComponent = Pick<Service, 'serviceRef' | 'owners'> & {
  url: string;
  /** As people know the manifest: `deploy.yaml`. */
  file: string;
  repository: string | null;
};

/** Makes services of catalog components: reads and checks their manifests. */
export class ServiceLoader {
  readonly #options: ServiceLoaderOptions;

  constructor(options: ServiceLoaderOptions) {
    this.#options = options;
  }

  /**
   * A service as those credentials may see its component; with `fresh` its manifest is read anew. A wrong or missing manifest is
   * told in the answer, and is no error.
   *
   * @throws NotFoundError where the catalog has no such component for them.
   */
  async load(
    serviceRef: ServiceRef,
    options: { credentials?: BackstageCredentials; fresh?: boolean } = {},
  ): Promise<Service> {
    const { auth, catalog, integrations } = this.#options;
    const entity = await catalog.getEntityByRef(serviceRef, {
      credentials:
        options.credentials ?? (await auth.getOwnServiceCredentials()),
    });
    if (!entity) {
      throw new NotFoundError(`There is no component ${serviceRef}.`);
    }
    const owners = listOwners(entity);
    const location = locateManifest({ entity, integrations });
    if (!location.found) {
      const { message, mend } = location;
      return {
        serviceRef,
        owners,
        status: 'missing',
        message,
        mend,
        lastValid: null,
      };
    }
    const { url, repository } = location;
    const file = nameFile(url);
    const component = { serviceRef, owners, url, file, repository };
    let text: string;
    try {
      text = await this.#options.reader.read(url, {
        fresh: options.fresh ?? false,
      });
    } catch (error) {
      return {
        serviceRef,
        owners,
        ...describeUnread({ error, url, file }),
        lastValid: await this.#loadLastValid(component),
      };
    }
    const checked = this.#check({ ...component, text });
    if (!checked.ok) {
      return {
        serviceRef,
        owners,
        status: 'invalid',
        url,
        problems: checked.problems,
        lastValid: await this.#loadLastValid(component),
      };
    }
    await this.#options.manifests.put(serviceRef, text);
    return checked.service;
  }

  /** The last valid manifest, if it is valid still: what app-config allows may have changed since. */
  async #loadLastValid(component: LocatedComponent) {
    const text = await this.#options.manifests.get(component.serviceRef);
    const checked =
      text === undefined ? undefined : this.#check({ ...component, text });
    return checked?.ok ? checked.service : null;
  }

  #check(
    options: LocatedComponent & { text: string },
  ):
    | { ok: true; service: ValidService }
    | { ok: false; problems: ManifestProblem[] } {
    const { serviceRef, owners, url } = options;
    const { targets, checks, configuration } = this.#options;
    const checked = checkManifest({
      ...options,
      targets,
      checks,
      configuration,
    });
    if (!checked.ok) {
      return checked;
    }
    const { manifest, repository, environments } = checked;
    return {
      ok: true,
      service: {
        serviceRef,
        owners,
        status: 'valid',
        url,
        manifest,
        repository,
        environments,
      },
    };
  }

  /** All components that have a manifest, whoever may see them. */
  async listRefs(): Promise<ServiceRef[]> {
    const { auth, catalog } = this.#options;
    const { items } = await catalog.getEntities(
      {
        filter: {
          [`metadata.annotations.${MANIFEST_ANNOTATION}`]:
            CATALOG_FILTER_EXISTS,
        },
        fields: ['kind', 'metadata.namespace', 'metadata.name'],
      },
      { credentials: await auth.getOwnServiceCredentials() },
    );
    return items.map(item => serviceRefSchema.parse(stringifyEntityRef(item)));
  }
}

/** @throws NotFoundError where the service has no such environment. */
export function findEnvironment(
  service: ValidService,
  name: EnvironmentName,
): TargetEnvironment {
  const { environments } = service;
  const environment = environments.find(candidate => candidate.name === name);
  if (!environment) {
    throw new NotFoundError(
      `${service.serviceRef} has no environment ${name}; its manifest has ${environments.map(other => other.name).join(', ')}.`,
    );
  }
  return environment;
}

/** @throws NotFoundError where the manifest is not there, or wrong; ServiceUnavailableError where it could not be read, and may be the next time. */
export function requireValid(service: Service): ValidService {
  switch (service.status) {
    case 'valid':
      return service;
    case 'unread':
      throw new ServiceUnavailableError(describeObstacle(service));
    case 'missing':
    case 'invalid':
      throw new NotFoundError(describeObstacle(service));
    default:
      return service satisfies never;
  }
}

/**
 * A service for an operation. To roll back, the last valid manifest will do: nobody should have to mend a manifest first
 * while users wait.
 *
 * @throws as {@link requireValid}.
 */
export function requireFor(
  operation: Operation,
  service: Service,
): ValidService {
  return (
    (operation === 'rollback' && findLastValid(service)) ||
    requireValid(service)
  );
}

/** Why nothing can be deployed as the manifest is. */
export function describeObstacle(
  service: Exclude<Service, { status: 'valid' }>,
): string {
  const { serviceRef } = service;
  switch (service.status) {
    case 'missing':
      return `${serviceRef} cannot be deployed: ${service.message} ${service.mend}`;
    case 'unread':
      return `${serviceRef} cannot be deployed now: ${service.message} ${service.mend}`;
    case 'invalid': {
      const [first, ...others] = service.problems;
      const more = others.length > 0 ? ` (and ${others.length} more)` : '';
      return `${serviceRef} cannot be deployed, its manifest is wrong: ${describeProblem(first)}${more}`;
    }
    default:
      return service satisfies never;
  }
}

function describeProblem(problem: ManifestProblem): string {
  const place = problem.line === null ? '' : `:${problem.line}`;
  return `${problem.file}${place}: ${problem.message} ${problem.mend}`;
}

function describeUnread(options: {
  error: unknown;
  url: string;
  file: string;
}):
  | { status: 'missing'; message: string; mend: string }
  | { status: 'unread'; url: string; message: string; mend: string }
  | { status: 'invalid'; url: string; problems: ManifestProblem[] } {
  const { error, url, file } = options;
  if (error instanceof ManifestTooLargeError) {
    return {
      status: 'invalid',
      url,
      problems: [
        {
          message: error.message,
          mend: 'A manifest has a few kilobytes; point the annotation to the right file.',
          file,
          line: null,
          column: null,
        },
      ],
    };
  }
  if (isError(error) && error.name === 'NotFoundError') {
    return {
      status: 'missing',
      message: `There is no manifest at ${url}.`,
      mend: `Add ${file} there, correct the annotation, or check that the portal may still read this URL.`,
    };
  }
  return {
    status: 'unread',
    url,
    message: `The manifest at ${url} could not be read: ${isError(error) ? error.message : String(error)}.`,
    mend: 'Check the annotation, and that the portal has an integration that may read this URL.',
  };
}

function nameFile(url: string): string {
  return new URL(url).pathname.split('/').pop() || 'deploy.yaml';
}
