import {
  EnvironmentName,
  Plan,
  RunId,
  ServiceRef,
} from '@slipway/plugin-deployments-common';
import {
  DeploymentTarget,
  SourceRepository,
  TargetEnvironment,
} from '@slipway/plugin-deployments-node';

/** What runs need of the rest of the backend. All of it is asked at the moment when it is needed, and never kept. */
export interface RunDependencies {
  /** An environment as its manifest and app-config are now. */
  resolveEnvironment(
    serviceRef: ServiceRef,
    environment: EnvironmentName,
  ): Promise<TargetEnvironment>;

  /** @throws Error for a kind that no module drives. */
  targetOf(kind: string): DeploymentTarget;

  /** Computes anew what a plan's operation would do to its environment, with the same release. Does not store it. */
  replan(plan: Plan): Promise<Plan>;

  openSource(environment: TargetEnvironment): Promise<SourceRepository>;
}

/** Something changed that people may be looking at. It carries no data: who listens reads again. */
export type Change = {
  what: 'run' | 'log' | 'observed-state' | 'environment';
  serviceRef: ServiceRef;
  runId: RunId | null;
};
