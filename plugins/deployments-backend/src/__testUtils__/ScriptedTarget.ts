import { createHash } from 'node:crypto';
import {
  digestSchema,
  EnvironmentName,
  ObservedState,
  Operation,
  Release,
  ServiceRef,
} from '@slipway/plugin-deployments-common';
import {
  DeploymentTarget,
  Secret,
  Step,
  StepContext,
  StepFailedError,
  StepResult,
  TargetContext,
  TargetEnvironment,
} from '@slipway/plugin-deployments-node';
import { z } from 'zod';

type Place = {
  uploaded: Set<string>;
  /** What the next restart will run. */
  linked: Release | null;
  /** What users get. */
  running: Release | null;
};

/** What is true outside of the portal. It outlives the portal's processes. */
export class World {
  /** Every act, in order: run, step, release. */
  readonly acts: Array<{ runId: string; step: string; version: string }> = [];
  readonly #places = new Map<string, Place>();

  placeOf(serviceRef: ServiceRef, environment: EnvironmentName): Place {
    const key = `${serviceRef}#${environment}`;
    const place = this.#places.get(key) ?? {
      uploaded: new Set(),
      linked: null,
      running: null,
    };
    this.#places.set(key, place);
    return place;
  }
}

type Hook = (context: StepContext) => Promise<StepResult | void>;

type Act = {
  id: string;
  title: string;
  switches?: boolean;
  /** Changes the world. */
  act(context: StepContext, place: Place): void;
  /** Whether the world shows that it was done; where it never shows, the step can be done again. */
  isDone?(context: StepContext, place: Place): boolean;
  undo?(context: StepContext, place: Place): void;
  result?(context: StepContext): StepResult;
};

const BUILD: Act = {
  id: 'build',
  title: 'Build release',
  act: () => {},
  result: ({ release }) => ({
    artifacts: [
      {
        type: 'archive',
        digest: digestSchema.parse(
          `sha256:${createHash('sha256').update(release.version).digest('hex')}`,
        ),
        sizeBytes: 1,
      },
    ],
  }),
};

/** A kind of target that changes a {@link World}, and does at each step what a test tells it. */
export class ScriptedTarget implements DeploymentTarget {
  readonly kind = 'scripted';
  readonly capabilities = {
    rollbackWithoutRebuild: true,
    processes: false,
    scale: false,
    weights: false,
  };
  readonly parametersSchema = z.unknown();
  readonly connectionSchema = z.unknown();
  readonly world: World;
  readonly #pass: () => Promise<void>;
  readonly #before = new Map<string, Hook>();
  readonly #after = new Map<string, Hook>();
  readonly #undo = new Map<string, Hook>();
  readonly #reconcile = new Map<string, Step['reconcile']>();
  readonly #refused = new Set<string>();
  stepTimeoutMs = 60_000;

  constructor(options: { world: World; pass: () => Promise<void> }) {
    this.world = options.world;
    this.#pass = options.pass;
  }

  /** Does something when a step begins, before it changes the world. */
  before(step: string, hook: Hook): void {
    this.#before.set(step, hook);
  }

  /** Does something when a step has changed the world, before it returns. What the hook returns is the step's result. */
  after(step: string, hook: Hook): void {
    this.#after.set(step, hook);
  }

  /** Does something when a step is being taken back, before the world is changed. */
  beforeUndo(step: string, hook: Hook): void {
    this.#undo.set(step, hook);
  }

  /** Answers for a step that was cut off. */
  reconcileWith(step: string, reconcile: Step['reconcile']): void {
    this.#reconcile.set(step, reconcile);
  }

  /** Makes the verification of a version say no. */
  refuse(version: string): void {
    this.#refused.add(version);
  }

  secretsOf(): Secret[] {
    return [];
  }

  check() {
    return [];
  }

  listPlaces() {
    return [];
  }

  async observe({ environment }: TargetContext): Promise<ObservedState> {
    const { running } = this.#placeOf(environment);
    return {
      reach: 'reached',
      askedAt: new Date().toISOString(),
      release: running && {
        id: running.id,
        version: running.version,
        commitId: running.commit.id,
        digest: null,
      },
      health: 'healthy',
      healthReason: null,
      processes: [],
      desiredProcesses: null,
      keptReleases: [],
      url: null,
    };
  }

  async plan() {
    return {
      artifacts: [],
      migrations: [],
      configuration: [],
      findings: [],
      doesNotRevert: [],
    };
  }

  steps(request: { operation: Operation | 'recover'; build: boolean }): Step[] {
    const acts =
      request.operation === 'recover'
        ? this.#recoverActs()
        : [...(request.build ? [BUILD] : []), ...this.#deployActs()];
    return acts.map(act => this.#toStep(act));
  }

  #deployActs(): Act[] {
    return [
      {
        id: 'upload',
        title: 'Upload release',
        act: ({ release }, place) => place.uploaded.add(release.id),
        isDone: ({ release }, place) => place.uploaded.has(release.id),
        undo: ({ release }, place) => place.uploaded.delete(release.id),
      },
      {
        id: 'switch',
        title: 'Switch',
        switches: true,
        act: ({ release }, place) => {
          place.linked = release;
        },
        isDone: ({ release }, { linked }) => linked?.id === release.id,
      },
      {
        id: 'restart',
        title: 'Restart',
        switches: true,
        act: (_, place) => {
          place.running = place.linked;
        },
        isDone: ({ release }, { running }) => running?.id === release.id,
      },
      {
        id: 'verify',
        title: 'Verify',
        act: (_, { running }) => {
          if (running && this.#refused.has(running.version)) {
            throw new StepFailedError(
              `${running.version} answers 500`,
              'Look at its log.',
            );
          }
        },
      },
    ];
  }

  #recoverActs(): Act[] {
    return [
      {
        id: 'switch',
        title: 'Switch back',
        switches: true,
        act: ({ previous }, place) => {
          place.linked = previous;
        },
        isDone: ({ previous }, { linked }) => linked?.id === previous?.id,
      },
      {
        id: 'restart',
        title: 'Restart',
        switches: true,
        act: (_, place) => {
          place.running = place.linked;
        },
        isDone: ({ previous }, { running }) => running?.id === previous?.id,
      },
    ];
  }

  #toStep(act: Act): Step {
    return {
      id: act.id,
      title: act.title,
      switches: act.switches ?? false,
      timeoutMs: this.stepTimeoutMs,
      run: async context => {
        await this.#pass();
        const early = await this.#before.get(act.id)?.(context);
        if (early) {
          return early;
        }
        act.act(context, this.#placeOf(context.environment));
        this.world.acts.push({
          runId: context.runId,
          step: context.idempotencyKey.slice(context.runId.length + 1),
          version: context.release.version,
        });
        await this.#pass();
        const late = await this.#after.get(act.id)?.(context);
        return late ?? act.result?.(context) ?? {};
      },
      reconcile: async context => {
        await this.#pass();
        const told = this.#reconcile.get(act.id);
        if (told) {
          return told(context);
        }
        return act.isDone?.(context, this.#placeOf(context.environment))
          ? { outcome: 'done', result: act.result?.(context) ?? {} }
          : { outcome: 'redo' };
      },
      ...(act.undo && {
        undo: async context => {
          await this.#pass();
          await this.#undo.get(act.id)?.(context);
          act.undo?.(context, this.#placeOf(context.environment));
          await this.#pass();
        },
      }),
    };
  }

  #placeOf({ serviceRef, name }: TargetEnvironment): Place {
    return this.world.placeOf(serviceRef, name);
  }
}
