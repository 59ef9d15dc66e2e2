import { LoggerService } from '@backstage/backend-plugin-api';
import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import {
  Commit,
  EnvironmentName,
  Finding,
  Hold,
  ObservedState,
  PlanContent,
  PlanRequest,
  Release,
  ReleaseId,
  ServiceRef,
} from '@slipway/plugin-deployments-common';
import {
  DeploymentTarget,
  TargetEnvironment,
} from '@slipway/plugin-deployments-node';
import { findEnvironment, ValidService } from '../manifest';
import { GitMirrors } from '../source';
import { composePlan } from './composePlan';

/** What the planner needs to know of what was deployed. */
export type PlannerOptions = {
  mirrors: GitMirrors;
  targets: ReadonlyMap<string, DeploymentTarget>;
  releases: {
    findOrCreate(release: {
      serviceRef: ServiceRef;
      version: string;
      commit: Commit;
    }): Promise<Release>;
    get(id: ReleaseId): Promise<Release | undefined>;
  };
  /** Asks a target what it runs. */
  observe(environment: TargetEnvironment): Promise<ObservedState>;
  /** The release that served before `current` was put there; null where it is not known. */
  findPreviousRelease(options: {
    serviceRef: ServiceRef;
    environment: EnvironmentName;
    current: ReleaseId;
  }): Promise<ReleaseId | null>;
  /** The releases that runs are putting into an environment at present. */
  listUnverified(options: {
    serviceRef: ServiceRef;
    environment: EnvironmentName;
  }): Promise<ReleaseId[]>;
  /** What keeps automatic runs out of an environment. */
  findHold(options: {
    serviceRef: ServiceRef;
    environment: EnvironmentName;
  }): Promise<Hold | null>;
  logger: LoggerService;
};

type Chosen = {
  to: Release;
  fromEnvironment: EnvironmentName | null;
  findings: Finding[];
};

/** Computes plans: what an operation would do, from the source, the manifest and the target's own answer. */
export class Planner {
  readonly #options: PlannerOptions;

  constructor(options: PlannerOptions) {
    this.#options = options;
  }

  /**
   * A plan for what somebody asks for.
   *
   * @throws InputError or NotFoundError where it does not say a release, ConflictError where the
   * environment that it should come from cannot say what it runs.
   */
  async create(
    service: ValidService,
    request: PlanRequest,
  ): Promise<PlanContent> {
    const environment = findEnvironment(service, request.environment);
    const observed = await this.#options.observe(environment);
    const chosen = await this.#choose({
      service,
      environment,
      observed,
      request,
    });
    return this.#compose({
      service,
      environment,
      observed,
      chosen,
      operation: request.operation,
    });
  }

  /** The plan that a plan comes out as now: the same operation, to the same release. */
  async renew(
    service: ValidService,
    content: PlanContent,
  ): Promise<PlanContent> {
    const environment = findEnvironment(service, content.environment);
    const observed = await this.#options.observe(environment);
    const origin = service.environments.find(
      ({ name }) => name === content.fromEnvironment,
    );
    return this.#compose({
      service,
      environment,
      observed,
      operation: content.operation,
      chosen: {
        to: await this.#getRelease(content.serviceRef, content.to.id),
        fromEnvironment: content.fromEnvironment,
        findings: origin
          ? await this.#findInOrigin(
              origin,
              await this.#options.observe(origin),
              content.to.id,
            )
          : [],
      },
    });
  }

  async #compose(options: {
    service: ValidService;
    environment: TargetEnvironment;
    observed: ObservedState;
    operation: PlanContent['operation'];
    chosen: Chosen;
  }): Promise<PlanContent> {
    const { service, environment, observed, operation, chosen } = options;
    const { repository } = service;
    return composePlan({
      environment,
      target: this.#targetOf(environment),
      source: await this.#options.mirrors.open(repository, { fetch: false }),
      operation,
      observed,
      from: await this.#findRunning(observed),
      ...chosen,
      hold: await this.#options.findHold({
        serviceRef: environment.serviceRef,
        environment: environment.name,
      }),
      logger: this.#options.logger,
    });
  }

  #choose(options: {
    service: ValidService;
    environment: TargetEnvironment;
    observed: ObservedState;
    request: PlanRequest;
  }): Promise<Chosen> {
    const { service, environment, observed, request } = options;
    switch (request.operation) {
      case 'deploy':
        return this.#chooseCommit(service, request.ref);
      case 'promote':
        return this.#choosePromoted({
          service,
          environment,
          fromEnvironment: findOrigin(service, request),
        });
      case 'rollback':
        return this.#chooseEarlier({
          environment,
          observed,
          releaseId: request.releaseId,
        });
      default:
        return request satisfies never;
    }
  }

  async #chooseCommit(service: ValidService, ref: string): Promise<Chosen> {
    const { serviceRef, repository } = service;
    const source = await this.#options.mirrors.open(repository, {
      fetch: true,
    });
    const commit = await source.resolve(ref);
    const version = await source.versionOf(commit.id);
    return {
      to: await this.#options.releases.findOrCreate({
        serviceRef,
        version,
        commit,
      }),
      fromEnvironment: null,
      findings: [],
    };
  }

  async #choosePromoted(options: {
    service: ValidService;
    environment: TargetEnvironment;
    fromEnvironment: EnvironmentName | null;
  }): Promise<Chosen> {
    const { service, environment, fromEnvironment } = options;
    if (fromEnvironment === null) {
      throw new InputError(
        `${environment.name} is the first environment: nothing can be promoted into it. Deploy to it instead.`,
      );
    }
    if (fromEnvironment === environment.name) {
      throw new InputError(`${fromEnvironment} cannot be promoted to itself.`);
    }
    const origin = findEnvironment(service, fromEnvironment);
    const observed = await this.#options.observe(origin);
    if (observed.reach === 'unreachable') {
      throw new ConflictError(
        `${fromEnvironment} cannot be asked what it runs: ${observed.message}`,
      );
    }
    const to = await this.#findRunning(observed);
    if (!to) {
      throw new ConflictError(
        observed.release
          ? `${fromEnvironment} runs ${observed.release.version}, which was not deployed from here and cannot be promoted. Deploy a commit to ${fromEnvironment} first.`
          : `Nothing runs in ${fromEnvironment} yet. Deploy a commit to it first.`,
      );
    }
    return {
      to,
      fromEnvironment,
      findings: await this.#findInOrigin(origin, observed, to.id),
    };
  }

  async #chooseEarlier(options: {
    environment: TargetEnvironment;
    observed: ObservedState;
    releaseId: ReleaseId | undefined;
  }): Promise<Chosen> {
    const { environment, observed } = options;
    const { serviceRef, name } = environment;
    const releaseId =
      options.releaseId ?? (await this.#findEarlierId(environment, observed));
    if (!releaseId) {
      throw new ConflictError(
        `There is no earlier release in ${name} to roll back to.`,
      );
    }
    return {
      to: await this.#getRelease(serviceRef, releaseId),
      fromEnvironment: null,
      findings: [],
    };
  }

  /** What served before the present release; where that is not known, the newest other one that is kept. */
  async #findEarlierId(
    { serviceRef, name }: TargetEnvironment,
    observed: ObservedState,
  ): Promise<ReleaseId | null> {
    if (observed.reach === 'unreachable') {
      throw new ConflictError(
        `${name} cannot be asked what it runs: ${observed.message}`,
      );
    }
    const current = observed.release?.id ?? null;
    const previous =
      current &&
      (await this.#options.findPreviousRelease({
        serviceRef,
        environment: name,
        current,
      }));
    const kept = observed.keptReleases.find(({ id }) => id && id !== current);
    return previous ?? kept?.id ?? null;
  }

  /** What speaks against promoting what an environment runs: that it is not well, or that nobody knows yet whether the release is. */
  async #findInOrigin(
    { serviceRef, name }: TargetEnvironment,
    observed: ObservedState,
    promoted: ReleaseId,
  ): Promise<Finding[]> {
    const unverified = await this.#options.listUnverified({
      serviceRef,
      environment: name,
    });
    return [
      ...findInHealth(name, observed),
      ...(unverified.includes(promoted)
        ? [
            {
              severity: 'blocking' as const,
              message: `The run that puts this release into ${name} is not finished, so the release is not verified there.`,
              mend: 'Wait until that run has succeeded.',
            },
          ]
        : []),
    ];
  }

  async #findRunning(observed: ObservedState): Promise<Release | null> {
    const id = observed.reach === 'reached' ? observed.release?.id : null;
    return (id && (await this.#options.releases.get(id))) || null;
  }

  async #getRelease(serviceRef: ServiceRef, id: ReleaseId): Promise<Release> {
    const release = await this.#options.releases.get(id);
    if (release?.serviceRef !== serviceRef) {
      throw new NotFoundError(`${serviceRef} has no release ${id}.`);
    }
    return release;
  }

  #targetOf(environment: TargetEnvironment): DeploymentTarget {
    const { kind } = environment.spec.target;
    const target = this.#options.targets.get(kind);
    if (!target) {
      throw new NotFoundError(`The kind ${kind} is not installed.`);
    }
    return target;
  }
}

/** Where a promotion takes its release from: where it is asked to, else from the environment before; null for what is no promotion, or has no environment before. */
export function findOrigin(
  service: ValidService,
  request: PlanRequest,
): EnvironmentName | null {
  return request.operation === 'promote'
    ? (request.fromEnvironment ??
        findEnvironmentBefore(service, request.environment))
    : null;
}

/** The environment before another one in promotion order; null before the first. */
export function findEnvironmentBefore(
  service: ValidService,
  name: EnvironmentName,
): EnvironmentName | null {
  const index = service.environments.findIndex(other => other.name === name);
  return service.environments[index - 1]?.name ?? null;
}

function findInHealth(
  name: EnvironmentName,
  observed: ObservedState,
): Finding[] {
  return observed.reach === 'reached' && observed.health !== 'healthy'
    ? [
        {
          severity: 'warning',
          message: `${name} is ${observed.health === 'unknown' ? 'of unknown health' : observed.health}.`,
          mend: `Look at ${name} before you promote what it runs.`,
        },
      ]
    : [];
}
