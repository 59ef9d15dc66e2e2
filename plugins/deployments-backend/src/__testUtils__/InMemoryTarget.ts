import {
  ConfigurationChange,
  EnvironmentName,
  Health,
  ObservedRelease,
  ObservedState,
  Release,
  ServiceRef,
} from '@slipway/plugin-deployments-common';
import {
  DeploymentTarget,
  Step,
  StepFailedError,
  TargetContext,
  TargetEnvironment,
  TargetPlan,
} from '@slipway/plugin-deployments-node';
import { z } from 'zod';

export const inMemoryParametersSchema = z.strictObject({
  port: z.number().int().min(1024).max(65535).describe('Where it listens.'),
  directory: z
    .string()
    .regex(/^\/[\w./-]+$/, 'write an absolute path')
    .optional(),
});
type Parameters = z.infer<typeof inMemoryParametersSchema>;

const connectionSchema = z.strictObject({
  root: z.string().default('/srv'),
});
type ConnectionOptions = z.infer<typeof connectionSchema>;

type Place = {
  releases: ObservedRelease[];
  health: Health;
  reachable: boolean;
};

/** A kind of target that keeps what it runs in memory, and does as the test tells it. */
export class InMemoryTarget implements DeploymentTarget<
  Parameters,
  ConnectionOptions
> {
  readonly kind: string;
  readonly capabilities = {
    rollbackWithoutRebuild: true,
    processes: false,
    scale: false,
    weights: false,
  };
  readonly parametersSchema = inMemoryParametersSchema;
  readonly connectionSchema = connectionSchema;

  readonly #places = new Map<string, Place>();
  readonly #refused = new Set<string>();
  #gate: Promise<void> = Promise.resolve();
  #held: string | undefined;

  /** Ids of the steps that came to their end, in order, and `close`. */
  readonly events: string[] = [];

  /** What plans say that would change in the configuration. */
  configuration: ConfigurationChange[] = [];

  constructor(kind = 'memory') {
    this.kind = kind;
  }

  /** What an environment holds; newest release first, which is the one that runs. */
  placeOf(serviceRef: ServiceRef, environment: EnvironmentName): Place {
    const key = `${serviceRef}#${environment}`;
    const place = this.#places.get(key) ?? {
      releases: [],
      health: 'healthy',
      reachable: true,
    };
    this.#places.set(key, place);
    return place;
  }

  /** Makes the verification of a version fail. */
  refuse(version: string): void {
    this.#refused.add(version);
  }

  /** Keeps steps, or the one of that id, from beginning until the returned function is called. */
  hold(step?: string): () => void {
    this.#held = step;
    let open = () => {};
    this.#gate = new Promise(resolve => {
      open = resolve;
    });
    return open;
  }

  secretsOf() {
    return [];
  }

  async close(): Promise<void> {
    this.events.push('close');
  }

  check(environment: TargetEnvironment<Parameters, ConnectionOptions>) {
    const { directory } = environment.parameters;
    const { root } = environment.connection.options;
    return directory && !directory.startsWith(`${root}/`)
      ? [
          {
            path: ['directory'],
            message: `${directory} is outside of ${root}.`,
            mend: `Use a directory below ${root}.`,
          },
        ]
      : [];
  }

  listPlaces({ parameters }: TargetEnvironment<Parameters, ConnectionOptions>) {
    return [{ path: ['port'], place: `port ${parameters.port}` }];
  }

  async observe(
    context: TargetContext<Parameters, ConnectionOptions>,
  ): Promise<ObservedState> {
    const { serviceRef, name } = context.environment;
    const { releases, health, reachable } = this.placeOf(serviceRef, name);
    const askedAt = new Date().toISOString();
    return reachable
      ? {
          reach: 'reached',
          askedAt,
          release: releases[0] ?? null,
          health,
          healthReason: health === 'healthy' ? null : `it is ${health}`,
          processes: [],
          desiredProcesses: null,
          keptReleases: releases,
          url: null,
        }
      : {
          reach: 'unreachable',
          askedAt,
          message: 'connection refused',
          mend: 'Start it.',
        };
  }

  async plan(): Promise<TargetPlan> {
    return {
      artifacts: [],
      migrations: [],
      configuration: this.configuration,
      findings: [],
      doesNotRevert: [],
    };
  }

  steps(request: {
    operation: 'deploy' | 'promote' | 'rollback' | 'recover';
    environment: TargetEnvironment<Parameters, ConnectionOptions>;
    build: boolean;
  }): Step<Parameters, ConnectionOptions>[] {
    const { serviceRef, name } = request.environment;
    const step = (
      id: string,
      title: string,
      switches: boolean,
      run: Step<Parameters, ConnectionOptions>['run'],
    ): Step<Parameters, ConnectionOptions> => ({
      id,
      title,
      switches,
      timeoutMs: 60_000,
      run: async context => {
        if (this.#held === undefined || this.#held === id) {
          await this.#gate;
        }
        const result = await run(context);
        this.events.push(id);
        return result;
      },
      reconcile: async () => ({ outcome: 'redo' }),
    });
    const place = () => this.placeOf(serviceRef, name);
    const serve = (release: Release) => {
      const rest = place().releases.filter(({ id }) => id !== release.id);
      place().releases = [
        {
          id: release.id,
          version: release.version,
          commitId: release.commit.id,
          digest: null,
        },
        ...rest,
      ];
    };
    if (request.operation === 'recover') {
      return [
        step('switch-back', 'Switch back', true, async context => {
          if (context.previous) {
            serve(context.previous);
          }
          return {};
        }),
      ];
    }
    return [
      ...(request.build
        ? [
            step('build', 'Build release', false, async ({ release, log }) => {
              log.stdout(`compiling\nbuilt ${release.version}\n`);
              return {
                artifacts: [
                  {
                    type: 'archive',
                    digest: digestOf(release),
                    sizeBytes: 1,
                  } as const,
                ],
              };
            }),
          ]
        : []),
      step('switch', 'Switch', true, async ({ release }) => {
        serve(release);
        return {};
      }),
      step('verify', 'Verify', true, async ({ release }) => {
        if (this.#refused.has(release.version)) {
          throw new StepFailedError(`${release.version} answers 500`);
        }
        return {};
      }),
    ];
  }
}

function digestOf(release: Release) {
  return z
    .string()
    .brand<'Digest'>()
    .parse(`sha256:${release.commit.id}${release.commit.id.slice(0, 24)}`);
}
