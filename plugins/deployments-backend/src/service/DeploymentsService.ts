import {
  AuditorService,
  AuditorServiceEventSeverityLevel,
  LoggerService,
} from '@backstage/backend-plugin-api';
import {
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import { JsonObject } from '@backstage/types';
import {
  ApprovalList,
  ApprovalScope,
  Availability,
  deploymentsApprovePermission,
  DeploymentsApi,
  deploymentsCancelPermission,
  deploymentsHoldPermission,
  deploymentsReadPermission,
  deploymentsReleasePermission,
  EnvironmentName,
  Gate,
  Hold,
  isFinished,
  LogLine,
  LogPage,
  ObservedState,
  Plan,
  PlanHash,
  PlanRequest,
  PlanReview,
  Release,
  Run,
  RunFilter,
  RunId,
  RunPage,
  ServiceRef,
  ServiceState,
  Trigger,
} from '@slipway/plugin-deployments-common';
import { GateKeeper } from '../gates';
import {
  describeObstacle,
  findEnvironment,
  findLastValid,
  requireFor,
  requireValid,
  toManifestStatus,
} from '../manifest';
import { EnvironmentAuthorizer, EnvironmentRef } from '../permissions';
import { describePlanChange, findOrigin, hashPlan, Planner } from '../plans';
import {
  ChangeFeed,
  describeRuns,
  GateController,
  isBeforeStart,
  EnvironmentController,
  findStuck,
  listBlockingFindings,
  RunController,
} from '../runs';
import { GitMirrors } from '../source';
import { RunRecord, Stores } from '../stores';
import { Access, CallOptions } from './Access';
import { audited } from './audit';
import {
  mayApprove,
  mayReleaseHold,
  mayReleaseRun,
  Permit,
} from './availability';
import { Caller, decideTrigger } from './Caller';
import { describeEnvironments } from './describeEnvironments';
import { describeRunFor } from './describeRunFor';
import { followLog } from './followLog';
import { keepPlan } from './keepPlan';
import { listApprovals } from './listApprovals';
import { reviewPlan } from './reviewPlan';
import { watchRun } from './watchRun';

/** The longest that one call waits for a run. */
const MAX_WAIT_MS = 60_000;

/** How often a wait looks by itself: what another replica changed is found so. */
const LOOK_AGAIN_MS = 2_000;

/** What a log can take as the id of a request. */
const REQUEST_ID = /^[\w.:/+=-]{1,128}$/;

const DEFAULT_LOG_LINES = 1_000;

export type DeploymentsServiceOptions = {
  access: Access;
  auditor: AuditorService;
  logger: LoggerService;
  authorizer: EnvironmentAuthorizer;
  planner: Planner;
  mirrors: GitMirrors;
  stores: Stores;
  controller: RunController;
  gateController: GateController;
  gates: GateKeeper;
  environments: EnvironmentController;
  /** Asks the target of an environment what it runs; says so where it cannot be asked. */
  observe(environment: EnvironmentRef): Promise<ObservedState>;
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
    const { access, stores, authorizer, mirrors, logger } = this.#options;
    const caller = await access.identify(call);
    const service = await access.loadService(ref, call);
    const known = findLastValid(service);
    return {
      serviceRef: ref,
      manifest: toManifestStatus(service),
      environments: known
        ? await describeEnvironments({
            service: known,
            obstacle:
              service.status === 'valid' ? null : describeObstacle(service),
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
    const { access, stores } = this.#options;
    const readable = await access.listReadable(ref, call);
    return readable.length > 0 ? stores.releases.list(ref) : [];
  }

  /** See {@link DeploymentsApi.listRuns}; of those environments that the caller may read, for those who may read one. */
  async listRuns(
    ref: ServiceRef,
    filter: RunFilter,
    call: CallOptions,
  ): Promise<RunPage> {
    const { access, stores } = this.#options;
    const environments = await access.listReadable(ref, call);
    const page = await stores.runs.list(ref, { ...filter, environments });
    return {
      ...page,
      items: await describeRuns({ stores, runs: page.items }),
    };
  }

  /** See {@link DeploymentsApi.listRequesters}; of those environments that the caller may read, for those who may read one. */
  async listRequesters(ref: ServiceRef, call: CallOptions): Promise<string[]> {
    const { access, stores } = this.#options;
    const environments = await access.listReadable(ref, call);
    return stores.runs.listRequesters(ref, environments);
  }

  /** See {@link DeploymentsApi.createPlan}; for those who may do what is planned. */
  async createPlan(
    ref: ServiceRef,
    request: PlanRequest,
    call: CallOptions,
  ): Promise<PlanReview> {
    const { access, planner, stores, gates } = this.#options;
    return this.#audit({
      eventId: 'plan-create',
      severityLevel: 'low',
      call,
      meta: { serviceRef: ref, ...request },
      act: async () => {
        const service = await access.loadForOperation(
          { serviceRef: ref, ...request },
          call,
        );
        const known = requireFor(request.operation, service);
        await this.#requireOrigin(ref, findOrigin(known, request), call);
        const content = await planner.create(known, request);
        const plan = await keepPlan({ content, stores });
        return reviewPlan({ plan, gates });
      },
      describe: ({ hash }) => ({ planHash: hash }),
    });
  }

  /** See {@link DeploymentsApi.getPlan}. */
  async getPlan(hash: PlanHash, call: CallOptions): Promise<PlanReview> {
    const { access, stores, gates } = this.#options;
    const plan = await stores.plans.require(hash);
    await access.require(deploymentsReadPermission, plan.content, call);
    return reviewPlan({ plan, gates });
  }

  /** See {@link DeploymentsApi.startRun}. */
  async startRun(
    request: { planHash: PlanHash; reason?: string; trigger?: Trigger },
    call: CallOptions,
  ): Promise<Run> {
    const { access, stores, planner } = this.#options;
    const plan = await stores.plans.require(request.planHash);
    const { serviceRef, environment, operation, to, fromEnvironment } =
      plan.content;
    return this.#audit({
      eventId: 'run-start',
      severityLevel: 'medium',
      call,
      meta: {
        serviceRef,
        environment,
        operation,
        planHash: plan.hash,
        version: to.version,
      },
      act: async caller => {
        const service = await access.loadForOperation(plan.content, call);
        await this.#requireOrigin(serviceRef, fromEnvironment, call);
        const present = await planner.renew(
          requireFor(operation, service),
          plan.content,
        );
        if (hashPlan(present) !== plan.hash) {
          throw new ConflictError(
            `The plan changed: ${describePlanChange(plan.content, present)}. Review again.`,
          );
        }
        return this.#start({ ...request, plan, caller, call });
      },
      describe: ({ id }) => ({ runId: id }),
    });
  }

  /** See {@link DeploymentsApi.getRun}. */
  async getRun(id: RunId, call: CallOptions): Promise<Run> {
    const { access, stores } = this.#options;
    const record = await access.loadRun(id, call);
    return describeRunFor({ record, stores, access, call });
  }

  /** See {@link DeploymentsApi.waitForRun}. */
  async waitForRun(
    id: RunId,
    timeoutMs: number,
    call: CallOptions & { signal?: AbortSignal },
  ): Promise<Run> {
    const { access, stores, changes } = this.#options;
    await access.loadRun(id, call);
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
    const { access, controller, stores } = this.#options;
    return this.#audit({
      eventId: 'run-cancel',
      severityLevel: 'medium',
      call,
      meta: describeForAudit(await stores.runs.require(id)),
      act: async caller => {
        const run = await access.loadRun(id, call);
        if (caller.ref !== run.requestedBy) {
          await access.require(deploymentsCancelPermission, run, call);
        }
        await controller.cancel({ runId: id, by: caller.ref });
        return this.getRun(id, call);
      },
    });
  }

  /** See {@link DeploymentsApi.releaseRun}. */
  async releaseRun(
    id: RunId,
    { reason }: { reason: string },
    call: CallOptions,
  ): Promise<Run> {
    const { access, controller, observe, stores } = this.#options;
    return this.#audit({
      eventId: 'run-release',
      severityLevel: 'high',
      call,
      meta: { ...describeForAudit(await stores.runs.require(id)), reason },
      act: async caller => {
        const run = await access.loadRun(id, call);
        const permit = await this.#permitRelease(run, call);
        const stuck = await findStuck({ stores, of: run });
        const may = mayReleaseRun({
          permit,
          caller,
          stuck: stuck?.runId === id ? stuck : null,
        });
        if (!may.allowed) {
          throw permit.allowed && !stuck
            ? new ConflictError(may.reason)
            : new NotAllowedError(may.reason);
        }
        const observed = await observe(run);
        await controller.release({
          runId: id,
          by: caller.ref,
          reason,
          observed,
        });
        return this.getRun(id, call);
      },
    });
  }

  /** See {@link DeploymentsApi.holdEnvironment}. */
  async holdEnvironment(
    ref: EnvironmentRef,
    { reason }: { reason: string },
    call: CallOptions,
  ): Promise<Hold> {
    const { access, environments } = this.#options;
    return this.#audit({
      eventId: 'environment-hold',
      severityLevel: 'medium',
      call,
      meta: { ...ref, reason },
      act: async caller => {
        const service = await access.loadService(ref.serviceRef, call);
        await access.require(deploymentsHoldPermission, ref, call);
        findEnvironment(
          findLastValid(service) ?? requireValid(service),
          ref.environment,
        );
        return environments.hold({ ...ref, by: caller.ref, reason });
      },
    });
  }

  /** See {@link DeploymentsApi.releaseHold}. */
  async releaseHold(
    ref: EnvironmentRef,
    { at }: { at: string },
    call: CallOptions,
  ): Promise<Hold> {
    const { access, environments, stores } = this.#options;
    return this.#audit({
      eventId: 'environment-release',
      severityLevel: 'high',
      call,
      meta: { ...ref },
      act: async caller => {
        await access.loadService(ref.serviceRef, call);
        const permit = await this.#permitRelease(ref, call);
        const { hold } = await stores.environments.get(ref);
        const may = mayReleaseHold({ ...ref, permit, caller, hold });
        if (!may.allowed) {
          throw permit.allowed && !hold
            ? new ConflictError(may.reason)
            : new NotAllowedError(may.reason);
        }
        return environments.releaseHold({ ...ref, at });
      },
      describe: ({ by, reason }) => ({ heldBy: by, reason }),
    });
  }

  /** See {@link DeploymentsApi.decideRun}. */
  async decideRun(
    id: RunId,
    decision: Parameters<DeploymentsApi['decideRun']>[1],
    call: CallOptions,
  ): Promise<Run> {
    const { access, controller, stores } = this.#options;
    return this.#audit({
      eventId: 'run-decide',
      severityLevel: 'high',
      call,
      meta: {
        ...describeForAudit(await stores.runs.require(id)),
        decision: decision.decision,
        planHash: decision.planHash,
      },
      act: async caller => {
        const run = await access.loadRun(id, call);
        if (decision.decision === 'rejected' && !decision.reason.trim()) {
          throw new InputError('Say why you reject it.');
        }
        if (run.phase !== 'waiting-for-approval') {
          throw new ConflictError('This run does not wait for approval.');
        }
        await this.#requireSamePlan(run, decision.planHash);
        await this.#requireApprover(run, caller, call);
        const { content } = await stores.plans.require(run.planHash);
        const groups = content.approvals.groups.filter(group =>
          caller.claims.includes(group),
        );
        await controller.decide({
          ...decision,
          groups,
          runId: id,
          by: caller.ref,
        });
        return this.getRun(id, call);
      },
    });
  }

  /** See {@link DeploymentsApi.tickGate}. */
  async tickGate(
    id: RunId,
    request: Parameters<DeploymentsApi['tickGate']>[1],
    call: CallOptions,
  ): Promise<Run> {
    const { gateController } = this.#options;
    return this.#decideGate({
      id,
      eventId: 'gate-tick',
      severityLevel: 'medium',
      request,
      call,
      may: ({ may }) => may.tick,
      refusal: 'This is nothing that a person ticks.',
      act: by => gateController.tick({ ...request, runId: id, by }),
    });
  }

  /** See {@link DeploymentsApi.overrideGate}. */
  async overrideGate(
    id: RunId,
    request: Parameters<DeploymentsApi['overrideGate']>[1],
    call: CallOptions,
  ): Promise<Run> {
    const { gateController } = this.#options;
    return this.#decideGate({
      id,
      eventId: 'gate-override',
      severityLevel: 'high',
      request,
      call,
      may: ({ may }) => may.override,
      refusal: 'Nobody can let a run pass this gate.',
      act: by => gateController.override({ ...request, runId: id, by }),
    });
  }

  /** See {@link DeploymentsApi.getLog}. */
  async getLog(
    id: RunId,
    query: { after?: number; limit?: number },
    call: CallOptions,
  ): Promise<LogPage> {
    const { stores } = this.#options;
    const { after = 0, limit = DEFAULT_LOG_LINES } = query;
    return this.#auditLog(id, call, () =>
      stores.logs.page({ runId: id, after, limit }),
    );
  }

  /** See {@link DeploymentsApi.followLog}. Refuses before the first line is read. */
  async followLog(
    id: RunId,
    query: { after: number },
    call: CallOptions & { signal: AbortSignal },
  ): Promise<AsyncIterable<LogLine[]>> {
    const { stores, changes } = this.#options;
    return this.#auditLog(id, call, async () =>
      followLog({
        logs: stores.logs,
        changes,
        runId: id,
        after: query.after,
        signal: call.signal,
      }),
    );
  }

  /** See {@link DeploymentsApi.listApprovals}. */
  async listApprovals(
    scope: ApprovalScope,
    call: CallOptions,
  ): Promise<ApprovalList> {
    const { access, authorizer, stores } = this.#options;
    const caller = await access.identify(call);
    return listApprovals({ scope, caller, access, authorizer, stores, call });
  }

  async #start(options: {
    plan: Plan;
    reason?: string;
    trigger?: Trigger;
    caller: Caller;
    call: CallOptions;
  }): Promise<Run> {
    const { plan, reason, trigger, caller, call } = options;
    const blocking = listBlockingFindings(plan);
    if (blocking.length > 0) {
      throw new ConflictError(
        blocking
          .map(({ message, mend }) => (mend ? `${message} ${mend}` : message))
          .join(' '),
      );
    }
    const { access, controller, logger, stores } = this.#options;
    const id = await controller.start({
      plan,
      requestedBy: caller.ref,
      trigger: decideTrigger(caller, trigger),
      reason,
    });
    const record = await stores.runs.require(id);
    logger.info('A run was asked for', {
      ...describeForAudit(record),
      requestedBy: record.requestedBy,
      trigger: record.trigger,
      ...nameRequest(call),
    });
    return describeRunFor({ record, stores, access, call });
  }

  async #permitRelease(
    ref: EnvironmentRef,
    call: CallOptions,
  ): Promise<Permit> {
    const [permit] = await this.#options.access.listPermits(
      [deploymentsReleasePermission],
      ref,
      call,
    );
    return permit;
  }

  /** @throws NotAllowedError for those who may not read the environment that a release is promoted from. */
  async #requireOrigin(
    serviceRef: ServiceRef,
    environment: EnvironmentName | null,
    call: CallOptions,
  ): Promise<void> {
    if (environment !== null) {
      await this.#options.access.require(
        deploymentsReadPermission,
        { serviceRef, environment },
        call,
      );
    }
  }

  /** @throws ConflictError where the run waits with another plan than the one that was seen. */
  async #requireSamePlan(run: RunRecord, seen: PlanHash): Promise<void> {
    if (seen === run.planHash) {
      return;
    }
    const { plans } = this.#options.stores;
    const before = await plans.get(seen);
    const { content } = await plans.require(run.planHash);
    const change = before
      ? `: ${describePlanChange(before.content, content)}`
      : '';
    throw new ConflictError(`The plan changed${change}. Review again.`);
  }

  /** @throws NotAllowedError for those who cannot decide about this run. */
  async #requireApprover(
    run: RunRecord,
    caller: Caller,
    call: CallOptions,
  ): Promise<void> {
    const { access, stores } = this.#options;
    const [permit] = await access.listPermits(
      [deploymentsApprovePermission],
      run,
      call,
    );
    const { content } = await stores.plans.require(run.planHash);
    const may = mayApprove({
      permit,
      caller,
      run,
      rules: content.approvals,
      approvals: await stores.approvals.list([run.id]),
    });
    if (!may.allowed) {
      throw new NotAllowedError(may.reason);
    }
  }

  /** Takes a person's word on a gate of a run, from those who may say it. */
  async #decideGate(options: {
    id: RunId;
    eventId: string;
    severityLevel: AuditorServiceEventSeverityLevel;
    request: { gateId: string; planHash: PlanHash };
    call: CallOptions;
    may: (gate: Gate) => Availability | null;
    /** Why nobody may. */
    refusal: string;
    act: (by: string) => Promise<void>;
  }): Promise<Run> {
    const { id, eventId, severityLevel, request, call } = options;
    const { stores, access } = this.#options;
    return this.#audit({
      eventId,
      severityLevel,
      call,
      meta: {
        ...describeForAudit(await stores.runs.require(id)),
        ...request,
      },
      act: async caller => {
        const record = await access.loadRun(id, call);
        if (!isBeforeStart(record.phase)) {
          throw new ConflictError(
            'This run has begun: nothing holds it any more.',
          );
        }
        await this.#requireSamePlan(record, request.planHash);
        const { gates } = await this.getRun(id, call);
        const gate = gates.find(({ id: gateId }) => gateId === request.gateId);
        if (!gate) {
          throw new NotFoundError(`This run has no gate ${request.gateId}.`);
        }
        const may = options.may(gate);
        if (!may) {
          throw new InputError(options.refusal);
        }
        if (!may.allowed) {
          throw new NotAllowedError(may.reason);
        }
        await options.act(caller.ref);
        return this.getRun(id, call);
      },
    });
  }

  /** Reads a run's log for those who may read the run. */
  async #auditLog<T>(
    id: RunId,
    call: CallOptions,
    read: () => Promise<T>,
  ): Promise<T> {
    const { access, stores } = this.#options;
    return this.#audit({
      eventId: 'run-log-read',
      severityLevel: 'low',
      call,
      meta: describeForAudit(await stores.runs.require(id)),
      act: async () => {
        await access.loadRun(id, call);
        return read();
      },
    });
  }

  async #audit<T>(options: {
    eventId: string;
    severityLevel: AuditorServiceEventSeverityLevel;
    call: CallOptions;
    meta: JsonObject;
    act: (caller: Caller) => Promise<T>;
    describe?: (result: T) => JsonObject;
  }): Promise<T> {
    const { call, meta, act, describe, ...event } = options;
    const { access, auditor } = this.#options;
    const caller = await access.identify(call);
    return audited(
      {
        ...event,
        auditor,
        request: call.request,
        meta: { ...meta, by: caller.ref },
      },
      () => act(caller),
      describe,
    );
  }
}

/** The id that a proxy in front of the portal gave to the request. */
function nameRequest({ request }: CallOptions): JsonObject {
  const requestId = request?.get('x-request-id');
  return requestId && REQUEST_ID.test(requestId) ? { requestId } : {};
}

function describeForAudit(run: RunRecord): JsonObject {
  const { id, serviceRef, environment, operation } = run;
  return { runId: id, serviceRef, environment, operation };
}
