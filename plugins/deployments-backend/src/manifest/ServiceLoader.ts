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
  ServiceRef,
  serviceRefSchema,
} from '@slipway/plugin-deployments-common';
import {
  DeploymentTarget,
  TargetEnvironment,
} from '@slipway/plugin-deployments-node';
import { DeploymentsConfiguration } from '../configuration';
import { listOwners } from '../listOwners';
import { checkManifest } from './checkManifest';
import { locateManifest } from './locateManifest';
import { ManifestReader, ManifestTooLargeError } from './ManifestReader';
import { Service } from './Service';

export type ServiceLoaderOptions = {
  auth: AuthService;
  catalog: CatalogService;
  integrations: ScmIntegrations;
  reader: ManifestReader;
  targets: ReadonlyMap<string, DeploymentTarget>;
  configuration: DeploymentsConfiguration;
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
      return { serviceRef, owners, status: 'missing', message, mend };
    }
    const { url, repository } = location;
    const file = nameFile(url);
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
      };
    }
    const { targets, configuration } = this.#options;
    const checked = checkManifest({
      text,
      file,
      serviceRef,
      owners,
      repository,
      targets,
      configuration,
    });
    return checked.ok
      ? { serviceRef, owners, status: 'valid', url, ...checked }
      : {
          serviceRef,
          owners,
          status: 'invalid',
          url,
          problems: checked.problems,
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

  /**
   * One environment of a service whose manifest is valid.
   *
   * @throws NotFoundError where there is none, with what is wrong; ServiceUnavailableError where that cannot be told now.
   */
  async loadEnvironment(
    serviceRef: ServiceRef,
    name: EnvironmentName,
    options: { fresh?: boolean } = {},
  ): Promise<TargetEnvironment> {
    return findEnvironment(await this.load(serviceRef, options), name);
  }
}

/** @throws NotFoundError where the service has no such environment, or as {@link requireValid}. */
export function findEnvironment(
  service: Service,
  name: EnvironmentName,
): TargetEnvironment {
  const { environments } = requireValid(service);
  const environment = environments.find(candidate => candidate.name === name);
  if (!environment) {
    throw new NotFoundError(
      `${service.serviceRef} has no environment ${name}; its manifest has ${environments.map(other => other.name).join(', ')}.`,
    );
  }
  return environment;
}

/** @throws NotFoundError where the manifest is not there, or wrong; ServiceUnavailableError where it could not be read, and may be the next time. */
export function requireValid(
  service: Service,
): Extract<Service, { status: 'valid' }> {
  switch (service.status) {
    case 'valid':
      return service;
    case 'missing':
      throw new NotFoundError(
        `${service.serviceRef} cannot be deployed: ${service.message} ${service.mend}`,
      );
    case 'unread':
      throw new ServiceUnavailableError(
        `${service.serviceRef} cannot be deployed now: ${service.message} ${service.mend}`,
      );
    case 'invalid': {
      const [first, ...others] = service.problems;
      const more = others.length > 0 ? ` (and ${others.length} more)` : '';
      throw new NotFoundError(
        `${service.serviceRef} cannot be deployed, its manifest is wrong: ${describeProblem(first)}${more}`,
      );
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
      mend: `Add ${file} there, or correct the annotation.`,
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
