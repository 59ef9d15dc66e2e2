import { EnvironmentName, PlanHash, RunId, ServiceRef } from '../ids';
import {
  ApprovalList,
  ApprovalScope,
  Hold,
  LogLine,
  LogPage,
  Operation,
  PlanRequest,
  PlanReview,
  Release,
  Run,
  RunPage,
  RunPhase,
  ServiceState,
  Trigger,
} from '../model';

/** Which runs of a service to list; everything is optional and narrows the list. */
export type RunFilter = {
  environment?: EnvironmentName;
  phases?: RunPhase[];
  operation?: Operation;
  /** Entity reference of who asked. */
  by?: string;
  /** ISO 8601, inclusive. */
  from?: string;
  /** ISO 8601, exclusive. */
  to?: string;
  cursor?: string;
  /** 1 to 200, 50 unless told. */
  limit?: number;
};

export type RequestOptions = { signal?: AbortSignal; token?: string };

/**
 * What the backend offers over HTTP. Every method throws a `ResponseError` of `@backstage/errors`
 * where the backend says no; its body's `error.message` is a sentence for people.
 */
export interface DeploymentsApi {
  /** Environments of a service as the asking person may see them. */
  getService(ref: ServiceRef, options?: RequestOptions): Promise<ServiceState>;

  /** Releases of a service, newest first. */
  listReleases(ref: ServiceRef, options?: RequestOptions): Promise<Release[]>;

  /** Runs of a service, newest first. */
  listRuns(
    ref: ServiceRef,
    filter?: RunFilter,
    options?: RequestOptions,
  ): Promise<RunPage>;

  /** Entity references of those who ever asked for a run of a service, in order. */
  listRequesters(ref: ServiceRef, options?: RequestOptions): Promise<string[]>;

  /** Computes and stores what an operation would do; changes nothing on the target. */
  createPlan(
    ref: ServiceRef,
    request: PlanRequest,
    options?: RequestOptions,
  ): Promise<PlanReview>;

  /** A plan that was computed before, with its gates as they stand now. */
  getPlan(hash: PlanHash, options?: RequestOptions): Promise<PlanReview>;

  /**
   * Starts what a plan says. Refused with 409 where the plan no longer comes out the same. Programs that act for a person say
   * `automation`; whatever a service calls is automatic anyway.
   */
  startRun(
    request: { planHash: PlanHash; reason?: string; trigger?: Trigger },
    options?: RequestOptions,
  ): Promise<Run>;

  getRun(id: RunId, options?: RequestOptions): Promise<Run>;

  /** Waits until the run is finished, or until `timeoutMs` (at most 60 000) has passed, and returns it as it then is. */
  waitForRun(
    id: RunId,
    timeoutMs: number,
    options?: RequestOptions,
  ): Promise<Run>;

  /** Asks a run to stop; it does so between steps. */
  cancelRun(id: RunId, options?: RequestOptions): Promise<Run>;

  /**
   * Ends a run that is stuck, as `errored`, and lets the next one into its environment. Refused with 409 where the run is at
   * work.
   */
  releaseRun(
    id: RunId,
    request: { reason: string },
    options?: RequestOptions,
  ): Promise<Run>;

  /** Has automatic runs wait until a person releases the hold. Refused with 409 where the environment is held already. */
  holdEnvironment(
    ref: ServiceRef,
    environment: EnvironmentName,
    request: { reason: string },
    options?: RequestOptions,
  ): Promise<Hold>;

  /**
   * Lets automatic runs go on. `at` is that of the hold which the person saw: refused with 409 where it is another one by now,
   * or none.
   */
  releaseHold(
    ref: ServiceRef,
    environment: EnvironmentName,
    request: { at: string },
    options?: RequestOptions,
  ): Promise<Hold>;

  /** Says yes or no to a waiting run; the hash is that of the plan which the person saw. */
  decideRun(
    id: RunId,
    decision:
      | { decision: 'approved'; planHash: PlanHash; reason?: string }
      | { decision: 'rejected'; planHash: PlanHash; reason: string },
    options?: RequestOptions,
  ): Promise<Run>;

  /**
   * Ticks an item of a run's checklist, or takes the tick back; the hash is that of the plan which the person saw. Refused with
   * 409 once the run has begun.
   */
  tickGate(
    id: RunId,
    request: { gateId: string; planHash: PlanHash; ticked: boolean },
    options?: RequestOptions,
  ): Promise<Run>;

  /** Lets a run pass a freeze or a check that holds it; `expiresAt` is when that ends, ISO 8601. */
  overrideGate(
    id: RunId,
    request: {
      gateId: string;
      planHash: PlanHash;
      reason: string;
      expiresAt?: string;
    },
    options?: RequestOptions,
  ): Promise<Run>;

  /** A part of a run's log. `after` is the last line already known. */
  getLog(
    id: RunId,
    query?: { after?: number; limit?: number },
    options?: RequestOptions,
  ): Promise<LogPage>;

  /**
   * Lines of a run's log from `after` on, as they are written, in batches; returns when the run is
   * finished and all its lines were given. Reconnects by itself where the connection is lost.
   */
  followLog(
    id: RunId,
    query: { after: number },
    options?: RequestOptions,
  ): AsyncIterable<LogLine[]>;

  /** What waits for approval, and what was decided. */
  listApprovals(
    scope: ApprovalScope,
    options?: RequestOptions,
  ): Promise<ApprovalList>;
}
