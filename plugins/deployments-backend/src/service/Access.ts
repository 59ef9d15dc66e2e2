import {
  AuthService,
  BackstageCredentials,
  UserInfoService,
} from '@backstage/backend-plugin-api';
import { isError, NotAllowedError } from '@backstage/errors';
import {
  deploymentsDeployPermission,
  deploymentsPromotePermission,
  deploymentsReadPermission,
  deploymentsRollbackPermission,
  EnvironmentName,
  Operation,
  RunId,
  ServiceRef,
} from '@slipway/plugin-deployments-common';
import { Request } from 'express';
import { findLastValid, Service, ServiceLoader } from '../manifest';
import {
  DeploymentsPermission,
  describeMissingPermission,
  EnvironmentAuthorizer,
  EnvironmentRef,
} from '../permissions';
import { RunRecord, Stores } from '../stores';
import { Permit } from './availability';
import { Caller, identifyCaller } from './Caller';

/** In whose name a call is made, and the HTTP request that it came by, for the audit. */
export type CallOptions = {
  credentials: BackstageCredentials;
  request?: Request;
};

/** The permission that each operation needs. */
export const PERMISSION_OF: Record<Operation, DeploymentsPermission> = {
  deploy: deploymentsDeployPermission,
  promote: deploymentsPromotePermission,
  rollback: deploymentsRollbackPermission,
};

/** What a caller may see and do: every method of the service begins here. */
export class Access {
  readonly #options: {
    auth: AuthService;
    userInfo: UserInfoService;
    authorizer: EnvironmentAuthorizer;
    services: ServiceLoader;
    stores: Stores;
  };

  constructor(options: {
    auth: AuthService;
    userInfo: UserInfoService;
    authorizer: EnvironmentAuthorizer;
    services: ServiceLoader;
    stores: Stores;
  }) {
    this.#options = options;
  }

  identify({ credentials }: CallOptions): Promise<Caller> {
    const { auth, userInfo } = this.#options;
    return identifyCaller({ credentials, auth, userInfo });
  }

  /** A service whose component the caller may see. */
  loadService(ref: ServiceRef, call: CallOptions): Promise<Service> {
    const { credentials } = call;
    return this.#options.services.load(ref, { credentials });
  }

  /**
   * A service, with its manifest read anew, for those who may do that operation in that environment.
   *
   * @throws NotAllowedError that says what is wanting, and whom to ask.
   */
  async loadForOperation(
    what: EnvironmentRef & { operation: Operation },
    call: CallOptions,
  ): Promise<Service> {
    const { services, authorizer } = this.#options;
    const { serviceRef, environment, operation } = what;
    const { credentials } = call;
    const service = await services.load(serviceRef, {
      credentials,
      fresh: true,
    });
    await authorizer.require(
      {
        serviceRef,
        environment,
        permission: PERMISSION_OF[operation],
        ask: service.owners,
      },
      credentials,
    );
    return service;
  }

  /** @throws NotFoundError, or NotAllowedError for those who may not read its environment. */
  async loadRun(id: RunId, call: CallOptions): Promise<RunRecord> {
    const run = await this.#options.stores.runs.require(id);
    await this.require(deploymentsReadPermission, run, call);
    return run;
  }

  /** @throws NotAllowedError that says what is wanting. */
  async require(
    permission: DeploymentsPermission,
    ref: EnvironmentRef,
    call: CallOptions,
  ): Promise<void> {
    const [permit] = await this.listPermits([permission], ref, call);
    if (!permit.allowed) {
      throw new NotAllowedError(describeMissingPermission(permit));
    }
  }

  /** Which of some permissions the caller has on an environment, in their order. */
  async listPermits(
    permissions: readonly DeploymentsPermission[],
    { serviceRef, environment }: EnvironmentRef,
    call: CallOptions,
  ): Promise<Permit[]> {
    const decisions = await this.#options.authorizer.decide(
      permissions.map(permission => ({ serviceRef, environment, permission })),
      call.credentials,
    );
    const ask = decisions.every(({ allowed }) => allowed)
      ? []
      : await this.listOwners(serviceRef, call);
    return decisions.map(decision => ({ ...decision, ask }));
  }

  /** Whom to ask about a service; nobody is known where its component is gone, or out of the caller's sight. */
  async listOwners(
    serviceRef: ServiceRef,
    call: CallOptions,
  ): Promise<readonly string[]> {
    try {
      return (await this.loadService(serviceRef, call)).owners;
    } catch (error) {
      if (isError(error) && error.name === 'NotFoundError') {
        return [];
      }
      throw error;
    }
  }

  /**
   * Names of a service's environments, present and past, that the caller may read.
   *
   * @throws NotAllowedError where there are some, and the caller may read none.
   */
  async listReadable(
    serviceRef: ServiceRef,
    call: CallOptions,
  ): Promise<EnvironmentName[]> {
    const { authorizer, stores } = this.#options;
    const service = await this.loadService(serviceRef, call);
    const present = findLastValid(service)?.environments ?? [];
    const names = new Set([
      ...present.map(({ name }) => name),
      ...(await stores.runs.listEnvironments(serviceRef)),
    ]);
    const decisions = await authorizer.decide(
      [...names].map(environment => ({
        serviceRef,
        environment,
        permission: deploymentsReadPermission,
      })),
      call.credentials,
    );
    const readable = decisions
      .filter(({ allowed }) => allowed)
      .map(({ environment }) => environment);
    if (names.size > 0 && readable.length === 0) {
      throw new NotAllowedError(
        `You need ${deploymentsReadPermission.name} on an environment of ${serviceRef}.`,
      );
    }
    return readable;
  }
}
