import { Release } from '@slipway/plugin-deployments-common';
import {
  DeploymentTarget,
  SourceRepository,
  TargetEnvironment,
} from '../target';

/** How a release behaves that a scenario asks for. */
export type ReleaseKind =
  | 'good'
  /** Never gets healthy, wherever it runs. */
  | 'unhealthy'
  /** Healthy where it is only tried out, and not any more once users meet it. */
  | 'unhealthy-once-serving'
  /** Gets healthy where users meet it, and dies a moment later, each time that it is started. */
  | 'dies-once-serving';

/** What users get from an environment. */
export type Served = {
  /** The release that the application says it is; null where nothing answers. */
  release: string | null;
  healthy: boolean;
};

/** A service of its own, with two environments in which nothing was deployed yet. */
export interface ConformancePlace<
  E extends TargetEnvironment = TargetEnvironment,
> {
  readonly staging: E;
  readonly production: E;
  readonly source: SourceRepository;

  /** Commits a version of the service that behaves as told. The release has no artifacts yet. */
  createRelease(kind: ReleaseKind): Promise<Release>;

  /** Asks an environment as users do. */
  ask(environment: E): Promise<Served>;

  /** Takes a release's artifacts away from where they are kept. */
  loseArtifacts(release: Release): Promise<void>;

  /** Puts a release that the environment keeps into service behind our back. */
  causeDrift(environment: E, release: Release): Promise<void>;

  /**
   * Lets the tool that brings releases into service lie, once: `success` does nothing and says that it went well,
   * `failure` does its work and says that it did not.
   */
  misreport(lie: 'success' | 'failure'): Promise<void>;
}

/** One driver of a target, as a worker of the backend has it. */
export type ConformanceWorker = {
  target: DeploymentTarget;
  stop(): Promise<void>;
};

/** What a kind of target brings, so that its conformance can be tried for real. */
export interface ConformanceHarness<
  E extends TargetEnvironment = TargetEnvironment,
> {
  /** The steps of each way, by id: each is one at which the worker is killed. A deployment is the first one of a commit. */
  readonly deploySteps: readonly string[];
  readonly rollbackSteps: readonly string[];
  readonly recoverSteps: readonly string[];
  /** How many releases its environments keep. */
  readonly keepReleases: number;
  /** Milliseconds that one scenario may take. */
  readonly timeoutMs: number;

  start(): Promise<void>;
  stop(): Promise<void>;
  createPlace(): Promise<ConformancePlace<E>>;
  startWorker(): Promise<ConformanceWorker>;
}
