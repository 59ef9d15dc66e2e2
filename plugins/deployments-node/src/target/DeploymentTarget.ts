import { LoggerService } from '@backstage/backend-plugin-api';
import { JsonObject } from '@backstage/types';
import {
  Artifact,
  ArtifactChange,
  ConfigurationChange,
  EnvironmentName,
  Finding,
  ObservedState,
  Operation,
  PlannedMigration,
  Release,
  RunId,
  ServiceRef,
} from '@slipway/plugin-deployments-common';
import { z } from 'zod';
import { EnvironmentSpec, Manifest } from '../manifest';
import { Secret } from './Secret';

/** An account or host, as app-config has it. `options` is what the kind's own schema made of it. */
export type Connection<TConnection> = {
  name: string;
  options: TConnection;
};

/** One environment of one service, resolved and validated: what every call to a target is about. */
export type TargetEnvironment<TParameters = unknown, TConnection = unknown> = {
  serviceRef: ServiceRef;
  name: EnvironmentName;
  manifest: Manifest;
  spec: EnvironmentSpec;
  parameters: TParameters;
  connection: Connection<TConnection>;
  /** Environment variables of the application that are secret. */
  secrets: ReadonlyMap<string, Secret>;
};

/** Read access to the service's git repository, through a mirror that the backend keeps. */
export interface SourceRepository {
  /** Fills an empty directory with the tree of a commit. */
  checkout(
    commitId: string,
    directory: string,
    signal: AbortSignal,
  ): Promise<void>;

  /** Names of the files below a directory at a commit; empty where there is none. */
  listFiles(commitId: string, directory: string): Promise<string[]>;

  /** The text of a file at a commit; null where there is none. */
  readFile(commitId: string, file: string): Promise<string | null>;
}

export type TargetContext<TParameters = unknown, TConnection = unknown> = {
  environment: TargetEnvironment<TParameters, TConnection>;
  logger: LoggerService;
  signal: AbortSignal;
};

export type PlanContext<P = unknown, C = unknown> = TargetContext<P, C> & {
  operation: Operation;
  /** What the target said just now. */
  observed: ObservedState;
  from: Release | null;
  to: Release;
  source: SourceRepository;
};

/** What a target adds to a plan. Everything in it is part of the plan's hash, so it must not vary without cause. */
export type TargetPlan = {
  artifacts: ArtifactChange[];
  migrations: PlannedMigration[];
  configuration: ConfigurationChange[];
  findings: Finding[];
  doesNotRevert: string[];
};

/** Writes lines to the step's log. Secrets are masked behind it; a text may hold several lines, or part of one. */
export interface StepLog {
  stdout(text: string): void;
  stderr(text: string): void;
  /** The product's own words. */
  info(text: string): void;
}

export type StepContext<P = unknown, C = unknown> = TargetContext<P, C> & {
  runId: RunId;
  operation: Operation;
  release: Release;
  /** What served when the run began; where it began with nothing, null. */
  previous: Release | null;
  source: SourceRepository;
  log: StepLog;
  /** The same for every try of this step of this run, and for no other. */
  idempotencyKey: string;
  /** From 1. */
  attempt: number;
  /** What the steps before this one returned, by step id. */
  outputs: Readonly<Record<string, JsonObject>>;
};

export type StepResult = {
  /** Kept with the step and given to those after it. No secrets. */
  output?: JsonObject;
  /** What the release consists of, from the step that built it. Can be said once for a release. */
  artifacts?: Artifact[];
};

/**
 * What became of a step that was `started` when its worker went away: `done` with its result, `redo` where it is
 * safe to run again from its beginning, `unknown` where the target's answer does not tell; the run then ends errored.
 */
export type Reconciled =
  | { outcome: 'done'; result: StepResult }
  | { outcome: 'redo' }
  | { outcome: 'unknown'; message: string };

/** One small thing to do, named with its verb. */
export type Step<P = unknown, C = unknown> = {
  /** Unique within the operation: `upload-release`. */
  id: string;
  /** For people: `Upload release`. */
  title: string;
  timeoutMs: number;
  /**
   * Whether from the begin of this step on users may meet the new release. A failure at such a step or after it is followed
   * by the `recover` steps; a failure before it by the `undo` of what was done, and nothing is changed for users.
   */
  switches: boolean;
  run(context: StepContext<P, C>): Promise<StepResult>;
  /** Asks the target what is true; never acts. */
  reconcile(context: StepContext<P, C>): Promise<Reconciled>;
  /** Takes back what the step prepared. Called in reverse order, also for the step that failed; must bear being called twice. */
  undo?(context: StepContext<P, C>): Promise<void>;
};

/** What a kind of target can do. */
export type TargetCapabilities = {
  /** An earlier release can serve again without being built. */
  rollbackWithoutRebuild: boolean;
  /** Process states with CPU and memory. */
  processes: boolean;
  scale: boolean;
  weights: boolean;
};

/**
 * A kind of place where services run. Methods hold no state of their own: everything they know comes with the
 * context or from the target itself, so any worker can go on where another stopped.
 */
export interface DeploymentTarget<
  TParameters = unknown,
  TConnection = unknown,
> {
  /** As the manifest's `target.kind` names it. */
  readonly kind: string;
  readonly capabilities: TargetCapabilities;
  /** Of `target.parameters` in the manifest; its descriptions go into the published JSON Schema. */
  readonly parametersSchema: z.ZodType<TParameters>;
  /** Of a connection of this kind in app-config, less its `name`, `kind` and `allow`. */
  readonly connectionSchema: z.ZodType<TConnection>;

  /** Secrets within a connection's options, to be masked wherever they turn up. */
  secretsOf(options: TConnection): Secret[];

  /**
   * Rules that schemas can't say, between a manifest's parameters and the connection: a directory outside of what the
   * connection allows, say. `path` points into the parameters.
   */
  check(environment: TargetEnvironment<TParameters, TConnection>): Array<{
    path: Array<string | number>;
    message: string;
    mend: string;
  }>;

  /**
   * What an environment takes of its connection for itself: a directory, a port. Two environments of a manifest that have one
   * connection and one such `place` are refused. `path` points into the parameters, and `place` is words for people.
   */
  listPlaces(environment: TargetEnvironment<TParameters, TConnection>): Array<{
    path: Array<string | number>;
    place: string;
  }>;

  /** What runs, asked from the target itself. Never throws for a target that cannot be reached: it says so. */
  observe(
    context: TargetContext<TParameters, TConnection>,
  ): Promise<ObservedState>;

  /** What an operation would change; changes nothing. */
  plan(context: PlanContext<TParameters, TConnection>): Promise<TargetPlan>;

  /**
   * The steps of an operation, in order. A `recover` brings `previous` back after a failure past the switch.
   * `build` tells whether the release has its artifacts already.
   */
  steps(request: {
    operation: Operation | 'recover';
    environment: TargetEnvironment<TParameters, TConnection>;
    build: boolean;
  }): Step<TParameters, TConnection>[];

  /** Closes connections, when the portal stops and no step is under way any more. */
  close?(): Promise<void>;
}
