import {
  AuditorService,
  AuditorServiceEventSeverityLevel,
  AuthService,
  BackstageCredentials,
  LoggerService,
  UserInfoService,
} from '@backstage/backend-plugin-api';
import { ConflictError, InputError, NotAllowedError } from '@backstage/errors';
import { JsonObject } from '@backstage/types';
import {
  ApprovalList,
  ApprovalScope,
  deploymentsApprovePermission,
  deploymentsCancelPermission,
  deploymentsDeployPermission,
  DeploymentsApi,
  deploymentsPromotePermission,
  deploymentsReadPermission,
  deploymentsRollbackPermission,
  EnvironmentName,
  isFinished,
  LogLine,
  LogPage,
  Operation,
  Plan,
  PlanContent,
  PlanHash,
  PlanRequest,
  Release,
  Run,
  RunFilter,
  RunId,
  RunPage,
  ServiceRef,
  ServiceState,
} from '@slipway/plugin-deployments-common';
import { Request } from 'express';
import {
  requireValid,
  Service,
  ServiceLoader,
  toManifestStatus,
} from '../manifest';
import { EnvironmentAuthorizer } from '../permissions';
import { describePlanChange, hashPlan, Planner } from '../plans';
import {
  ChangeFeed,
  describeRun,
  describeRuns,
  findUsualDurations,
  listBlockingFindings,
  RunController,
} from '../runs';
import { GitMirrors } from '../source';
import { RunRecord, Stores } from '../stores';
import { audited } from './audit';
import {
  mayApprove,
  mayCancel,
  mayRetry,
  mayRollback,
  Permit,
} from './availability';
import { Caller, identifyCaller } from './Caller';
import { describeEnvironments } from './describeEnvironments';
import { followLog } from './followLog';
import { listApprovals } from './listApprovals';
import { watchRun } from './watchRun';

/** The longest that one call waits for a run. */
const MAX_WAIT_MS = 60_000;

/** How often a wait looks by itself: what another replica changed is found so. */
const LOOK_AGAIN_MS = 2_000;

const DEFAULT_LOG_LINES = 1_000;

const PERMISSION_OF = {
  deploy: deploymentsDeployPermission,
  promote: deploymentsPromotePermission,
  rollback: deploymentsRollbackPermission,
} as const satisfies Record<Operation, unknown>;

/** In whose name a call is made, and the HTTP request that it came by, for the audit. */
export type CallOptions = {
  credentials: BackstageCredentials;
  request?: Request;
};

export type DeploymentsServiceOptions = {
  auth: AuthService;
  userInfo: UserInfoService;
  auditor: AuditorService;
  logger: LoggerService;
  authorizer: EnvironmentAuthorizer;
  services: ServiceLoader;
  planner: Planner;
  mirrors: GitMirrors;
  stores: Stores;
  controller: RunController;
  changes: ChangeFeed;
};

/**
 * All that can be done with deployments. Whatever comes in, by REST or as an action, comes through here: it is
 * authorized, audited and carried out in one place. Methods throw what the HTTP API answers: NotAllowedError,
 * NotFoundError, InputError, ConflictError, each with a sentence for people.
 */
export class DeploymentsService {
  readonly #options: DeploymentsServiceOptions;

  constructor(options: DeploymentsServiceOptions) {
    this.#options = options;
  }

  /** See {@link DeploymentsApi.getService}. */
  async getService(ref: ServiceRef, call: CallOptions): Promise<ServiceState> {
    const { stores, authorizer, mirrors, logger } = this.#options;
    const caller = await this.#identify(call);
    const service = await this.#load(ref, call);
    return {
      serviceRef: ref,
      manifest: toManifestStatus(service),
      environments:
        service.status === 'valid'
          ? await describeEnvironments({
              service,
              caller,
              authorizer,
              stores,
              mirrors,
              logger,
            })
          : [],
    };
  }

  /** See {@link DeploymentsApi.listReleases}; for those who may read an environment of the service. */
  async listReleases(ref: ServiceRef, call: CallOptions): Promise<Release[]> {
    const readable = await this.#listReadable(ref, call);
    if (readable.length === 0) {
      throw new NotAllowedError(
        `You need ${deploymentsReadPermission.name} on an environment of ${ref}.`,
      );
    }
    return this.#options.stores.releases.list(ref);
  }

  /** See {@link DeploymentsApi.listRuns}; of those environments that the caller may read. */
  async listRuns(
    ref: ServiceRef,
    filter: RunFilter,
    call: CallOptions,
  ): Promise<RunPage> {
    const { stores } = this.#options;
    const environments = await this.#listReadable(ref, call);
    const page = await stores.runs.list(ref, { ...filter, environments });
    return {
      ...page,
      items: await describeRuns({ stores, runs: page.items }),
    };
  }

  /** See {@link DeploymentsApi.createPlan}; for those who may do what is planned. */
  async createPlan(
    ref: ServiceRef,
    request: PlanRequest,
    call: CallOptions,
  ): Promise<Plan> {
    return this.#audit(
      'plan-create',
      'low',
      call,
      { serviceRef: ref, ...request },
      async () => {
        const service = await this.#load(ref, call, { fresh: true });
        await this.#require(
          PERMISSION_OF[request.operation],
          service,
          request.environment,
          call,
        );
        const content = await this.#options.planner.create(
          requireValid(service),
          request,
        );
        return this.#keepPlan(content);
      },
      ({ hash }) => ({ planHash: hash }),
    );
  }

  /** See {@link DeploymentsApi.getPlan}. */
  async getPlan(hash: PlanHash, call: CallOptions): Promise<Plan> {
    const plan = await this.#options.stores.plans.require(hash);
    const { serviceRef, environment } = plan.content;
    await this.#requireRead({ serviceRef, environment }, call);
    return plan;
  }

  /** See {@link DeploymentsApi.startRun}. */
  async startRun(
    request: { planHash: PlanHash; reason?: string },
    call: CallOptions,
  ): Promise<Run> {
    const { stores, planner } = this.#options;
    const plan = await stores.plans.require(request.planHash);
    const { serviceRef, environment, operation } = plan.content;
    return this.#audit(
      'run-start',
      'medium',
      call,
      {
        serviceRef,
        environment,
        operation,
        planHash: plan.hash,
        version: plan.content.to.version,
      },
      async caller => {
        const service = await this.#load(serviceRef, call, { fresh: true });
        await this.#require(
          PERMISSION_OF[operation],
          service,
          environment,
          call,
        );
        const present = await planner.renew(
          requireValid(service),
          plan.content,
        );
        if (hashPlan(present) !== plan.hash) {
          throw new ConflictError(
            `The plan changed: ${describePlanChange(plan.content, present)}. Review again.`,
          );
        }
        return this.#start(plan, request.reason, caller);
      },
      ({ id }) => ({ runId: id }),
    );
  }

  /** See {@link DeploymentsApi.getRun}. */
  async getRun(id: RunId, call: CallOptions): Promise<Run> {
    const run = await this.#readRun(id, call);
    return this.#describeRun(run, await this.#identify(call));
  }

  /** See {@link DeploymentsApi.waitForRun}. */
  async waitForRun(
    id: RunId,
    timeoutMs: number,
    call: CallOptions & { signal?: AbortSignal },
  ): Promise<Run> {
    const { stores, changes } = this.#options;
    await this.#readRun(id, call);
    const deadline = Date.now() + Math.min(timeoutMs, MAX_WAIT_MS);
    const watch = watchRun({ changes, runId: id });
    try {
      for (;;) {
        const { phase } = await stores.runs.require(id);
        const leftMs = deadline - Date.now();
        if (isFinished(phase) || leftMs <= 0 || call.signal?.aborted) {
          return await this.getRun(id, call);
        }
        await watch.next({
          timeoutMs: Math.min(leftMs, LOOK_AGAIN_MS),
          signal: call.signal,
        });
      }
    } finally {
      watch.stop();
    }
  }

  /** See {@link DeploymentsApi.cancelRun}. */
  async cancelRun(id: RunId, call: CallOptions): Promise<Run> {
    const run = await this.#readRun(id, call);
    return this.#audit(
      'run-cancel',
      'medium',
      call,
      describeForAudit(run),
      async caller => {
        if (caller.ref !== run.requestedBy) {
          await this.#options.authorizer.require(
            { ...run, permission: deploymentsCancelPermission },
            call.credentials,
          );
        }
        await this.#options.controller.cancel({ runId: id, by: caller.ref });
        return this.getRun(id, call);
      },
    );
  }

  /** See {@link DeploymentsApi.retryRun}. */
  async retryRun(id: RunId, call: CallOptions): Promise<Run> {
    const { stores, planner } = this.#options;
    const run = await this.#readRun(id, call);
    const { serviceRef, environment } = run;
    return this.#audit(
      'run-retry',
      'medium',
      call,
      describeForAudit(run),
      async caller => {
        const service = await this.#load(serviceRef, call, { fresh: true });
        await this.#require(
          PERMISSION_OF[run.operation],
          service,
          environment,
          call,
        );
        if (run.phase !== 'failed' && run.phase !== 'errored') {
          throw new ConflictError(
            'Only a run that failed or errored can be retried.',
          );
        }
        const old = await stores.plans.require(run.planHash);
        const content = await planner.renew(requireValid(service), old.content);
        const plan = await this.#keepPlan(content);
        return this.#start(plan, run.reason ?? undefined, caller);
      },
      ({ id: newId }) => ({ newRunId: newId }),
    );
  }

  /** See {@link DeploymentsApi.decideRun}. */
  async decideRun(
    id: RunId,
    decision: Parameters<DeploymentsApi['decideRun']>[1],
    call: CallOptions,
  ): Promise<Run> {
    const { stores, controller } = this.#options;
    const run = await this.#readRun(id, call);
    return this.#audit(
      'run-decide',
      'high',
      call,
      {
        ...describeForAudit(run),
        decision: decision.decision,
        planHash: decision.planHash,
      },
      async caller => {
        if (decision.decision === 'rejected' && !decision.reason.trim()) {
          throw new InputError('Say why you reject it.');
        }
        if (run.phase !== 'waiting-for-approval') {
          throw new ConflictError('This run does not wait for approval.');
        }
        if (decision.planHash !== run.planHash) {
          const { content } = await stores.plans.require(run.planHash);
          const seen = await stores.plans.get(decision.planHash);
          const change = seen
            ? `: ${describePlanChange(seen.content, content)}`
            : '';
          throw new ConflictError(`The plan changed${change}. Review again.`);
        }
        const plan = await stores.plans.require(run.planHash);
        const may = mayApprove({
          caller,
          run,
          rules: plan.content.approvals,
          approvals: await stores.approvals.list([id]),
          permit: await this.#permit(deploymentsApprovePermission, run, call),
        });
        if (!may.allowed) {
          throw new NotAllowedError(may.reason);
        }
        await controller.decide({ ...decision, runId: id, by: caller.ref });
        return this.getRun(id, call);
      },
    );
  }

  /** See {@link DeploymentsApi.getLog}. */
  async getLog(
    id: RunId,
    query: { after?: number; limit?: number },
    call: CallOptions,
  ): Promise<LogPage> {
    await this.#readRun(id, call);
    return this.#options.stores.logs.page({
      runId: id,
      after: query.after ?? 0,
      limit: query.limit ?? DEFAULT_LOG_LINES,
    });
  }

  /** See {@link DeploymentsApi.followLog}. Refuses before the first line is read. */
  async followLog(
    id: RunId,
    query: { after: number },
    call: CallOptions & { signal: AbortSignal },
  ): Promise<AsyncIterable<LogLine[]>> {
    await this.#readRun(id, call);
    const { stores, changes } = this.#options;
    return followLog({
      logs: stores.logs,
      changes,
      runId: id,
      after: query.after,
      signal: call.signal,
    });
  }

  /** See {@link DeploymentsApi.listApprovals}. */
  async listApprovals(
    scope: ApprovalScope,
    call: CallOptions,
  ): Promise<ApprovalList> {
    const { authorizer, stores } = this.#options;
    const caller = await this.#identify(call);
    return listApprovals({ scope, caller, authorizer, stores });
  }

  async #start(
    plan: Plan,
    reason: string | undefined,
    caller: Caller,
  ): Promise<Run> {
    const blocking = listBlockingFindings(plan);
    if (blocking.length > 0) {
      throw new ConflictError(
        blocking
          .map(({ message, mend }) => (mend ? `${message} ${mend}` : message))
          .join(' '),
      );
    }
    const runId = await this.#options.controller.start({
      plan,
      requestedBy: caller.ref,
      reason,
    });
    return this.#describeRun(
      await this.#options.stores.runs.require(runId),
      caller,
    );
  }

  async #keepPlan(content: PlanContent): Promise<Plan> {
    const { stores } = this.#options;
    const { serviceRef, environment, operation } = content;
    const usual = await findUsualDurations({
      stores,
      serviceRef,
      environment,
      operation,
    });
    const plan: Plan = {
      hash: hashPlan(content),
      content,
      createdAt: new Date().toISOString(),
      usualMs: usual.runMs,
    };
    await stores.plans.save(plan);
    return plan;
  }

  async #describeRun(record: RunRecord, caller: Caller): Promise<Run> {
    const { stores } = this.#options;
    const { credentials } = caller;
    const plan = await stores.plans.require(record.planHash);
    const run = await describeRun({ stores, runId: record.id });
    const [approve, cancel, retry, rollback] = await this.#permitAll(
      [
        deploymentsApprovePermission,
        deploymentsCancelPermission,
        PERMISSION_OF[record.operation],
        deploymentsRollbackPermission,
      ],
      record,
      credentials,
    );
    return {
      ...run,
      may: {
        approve: mayApprove({
          permit: approve,
          caller,
          run: record,
          rules: plan.content.approvals,
          approvals: run.approvals,
        }),
        cancel: mayCancel({ permit: cancel, caller, run: record }),
        retry: mayRetry({ permit: retry, run: record }),
        rollback: mayRollback({
          permit: rollback,
          environment: record.environment,
          observed:
            (await stores.observedStates.get(
              record.serviceRef,
              record.environment,
            )) ?? null,
        }),
      },
    };
  }

  /** Names of a service's environments, present and past, that the caller may read. */
  async #listReadable(
    serviceRef: ServiceRef,
    call: CallOptions,
  ): Promise<EnvironmentName[]> {
    const { stores, authorizer } = this.#options;
    const service = await this.#load(serviceRef, call);
    const names = new Set([
      ...(service.status === 'valid'
        ? service.environments.map(({ name }) => name)
        : []),
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
    return decisions
      .filter(({ allowed }) => allowed)
      .map(({ environment }) => environment);
  }

  async #readRun(id: RunId, call: CallOptions): Promise<RunRecord> {
    const run = await this.#options.stores.runs.require(id);
    await this.#requireRead(run, call);
    return run;
  }

  async #requireRead(
    ref: { serviceRef: ServiceRef; environment: EnvironmentName },
    call: CallOptions,
  ): Promise<void> {
    await this.#options.authorizer.require(
      { ...ref, permission: deploymentsReadPermission },
      call.credentials,
    );
  }

  async #require(
    permission: (typeof PERMISSION_OF)[Operation],
    service: Service,
    environment: EnvironmentName,
    call: CallOptions,
  ): Promise<void> {
    const { serviceRef, owners } = service;
    await this.#options.authorizer.require(
      { serviceRef, environment, permission, ask: owners },
      call.credentials,
    );
  }

  async #permit(
    permission: typeof deploymentsApprovePermission,
    run: RunRecord,
    call: CallOptions,
  ): Promise<Permit> {
    const [permit] = await this.#permitAll([permission], run, call.credentials);
    return permit;
  }

  #permitAll(
    permissions: Array<typeof deploymentsApprovePermission>,
    { serviceRef, environment }: RunRecord,
    credentials: BackstageCredentials,
  ): Promise<Permit[]> {
    return this.#options.authorizer.decide(
      permissions.map(permission => ({
        serviceRef,
        environment,
        permission,
        ask: [],
      })),
      credentials,
    );
  }

  #load(
    ref: ServiceRef,
    call: CallOptions,
    options: { fresh?: boolean } = {},
  ): Promise<Service> {
    const { credentials } = call;
    return this.#options.services.load(ref, { credentials, ...options });
  }

  #identify({ credentials }: CallOptions): Promise<Caller> {
    const { auth, userInfo } = this.#options;
    return identifyCaller({ credentials, auth, userInfo });
  }

  async #audit<T>(
    eventId: string,
    severityLevel: AuditorServiceEventSeverityLevel,
    call: CallOptions,
    meta: JsonObject,
    act: (caller: Caller) => Promise<T>,
    describe?: (result: T) => JsonObject,
  ): Promise<T> {
    const caller = await this.#identify(call);
    return audited(
      {
        auditor: this.#options.auditor,
        eventId,
        severityLevel,
        request: call.request,
        meta: { ...meta, by: caller.ref },
      },
      () => act(caller),
      describe,
    );
  }
}

function describeForAudit(run: RunRecord): JsonObject {
  const { id, serviceRef, environment, operation } = run;
  return { runId: id, serviceRef, environment, operation };
}
