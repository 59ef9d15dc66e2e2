import { createHash } from 'node:crypto';
import { LoggerService } from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import {
  commitIdSchema,
  EnvironmentName,
  Operation,
  Plan,
  PlanContent,
  Release,
  RunId,
  ServiceRef,
  serviceRefSchema,
  Trigger,
} from '@slipway/plugin-deployments-common';
import {
  CheckProvider,
  environmentSchema,
  manifestSchema,
  protectionSchema,
  Secret,
  TargetEnvironment,
} from '@slipway/plugin-deployments-node';
import { Knex } from 'knex';
import { z } from 'zod';
import { Clock, systemClock } from '../clock';
import {
  Advance,
  EmbeddedRunEngine,
  PgBossRunEngine,
  RunEngine,
} from '../engine';
import { GateKeeper, listGates, toPlannedGate } from '../gates';
import { Observer } from '../observation';
import { digestEnvironment, hashPlan } from '../plans';
import {
  advanceRun,
  ChangeFeed,
  describeRun,
  GateController,
  needsBuild,
  EnvironmentController,
  RunController,
  RunDependencies,
  RunView,
} from '../runs';
import { createStores, Stores } from '../stores';
import { Telemetry } from '../telemetry';
import { createPlanContent } from './createPlanContent';
import { Lifeline } from './Lifeline';
import { ScriptedTarget, World } from './ScriptedTarget';

export const ANA = 'user:default/ana';
export const RAJ = 'user:default/raj';
export const EVE = 'user:default/eve';

/** A long time: what is not woken does not move. */
const NEVER_MS = 3_600_000;

/** The killed never come to rest: nobody waits long for them. */
const ABORT_WAIT_MS = 100;

const started = new Set<RunEngine>();

afterEach(async () => {
  await Promise.all([...started].map(engine => engine.stop({ graceMs: 0 })));
  started.clear();
});

/** What the manifest says, as far as plans show it; tests change it to make plans stale. */
export type Settings = Pick<PlanContent, 'approvals' | 'findings'> & {
  variables: Record<string, string>;
  /** Of the environment, beside its approvals, as a manifest writes it. */
  protection?: z.input<typeof protectionSchema>;
};

/** One process of the portal, as far as runs go. */
export type Runs = {
  engine: RunEngine;
  controller: RunController;
  gateController: GateController;
  environments: EnvironmentController;
  dependencies: RunDependencies;
  changes: ChangeFeed;
  stores: Stores;
  target: ScriptedTarget;
  settings: Settings;
  lifeline: Lifeline;
  createRelease(version: string, serviceRef?: ServiceRef): Promise<Release>;
  plan(request: {
    version: string;
    serviceRef?: ServiceRef;
    environment?: EnvironmentName;
    operation?: Operation;
  }): Promise<Plan>;
  /** Plans and starts. */
  deploy(request: {
    version: string;
    serviceRef?: ServiceRef;
    environment?: EnvironmentName;
    operation?: Operation;
    requestedBy?: string;
    trigger?: Trigger;
  }): Promise<RunId>;
  view(runId: RunId): Promise<RunView>;
  /** The run, once it is as told. */
  until(runId: RunId, isReached: (run: RunView) => boolean): Promise<RunView>;
  /** The run, once nothing more happens to it. */
  end(runId: RunId): Promise<RunView>;
  logOf(runId: RunId): Promise<string[]>;
};

export const SHOP = serviceRefSchema.parse('component:default/shop');

/** Starts the part of a portal that carries runs out, over a world outside of it. It is stopped after the test. */
export async function startRuns(options: {
  knex: Knex;
  world?: World;
  lifeline?: Lifeline;
  settings?: Settings;
  secrets?: ReadonlyMap<string, Secret>;
  /** With 1, a portal that holds a run claims no other: what a test leaves behind does not get in the way of the next portal. */
  concurrency?: number;
  /** Starts the engine with another function than the real one. */
  wrap?: (advance: Advance) => Advance;
  /** The system's unless told. */
  clock?: Clock;
  telemetry?: Telemetry;
  /**
   * `embedded` unless told: what was killed is taken on by the next portal at once, and not after its lease. The other is the one that
   * portals choose for the database.
   */
  engine?: 'embedded' | 'of the database';
  /** Kinds of check, by their names. */
  providers?: ReadonlyMap<string, CheckProvider>;
}): Promise<Runs> {
  const { knex, lifeline = new Lifeline(), secrets = new Map() } = options;
  const logger = mockServices.logger.mock({ child: () => logger });
  const stores = createStores(knex);
  const changes = new ChangeFeed({ logger });
  const world = options.world ?? new World();
  const target = new ScriptedTarget({ world, pass: () => lifeline.pass() });
  const settings: Settings = options.settings ?? {
    approvals: { needed: 0, groups: [], selfApproval: false },
    variables: {},
    findings: [],
  };

  async function compose(of: {
    serviceRef: ServiceRef;
    environment: EnvironmentName;
    operation: Operation;
    to: Release;
  }): Promise<Plan> {
    const { to, ...rest } = of;
    const { approvals } = settings;
    const from = world.placeOf(of.serviceRef, of.environment).running;
    const commits = describeCommits(from, to);
    const gates = listGates(protectionSchema.parse(settings.protection ?? {}), {
      operation: of.operation,
      commits,
    }).map(toPlannedGate);
    const content = createPlanContent({
      ...rest,
      approvals,
      ...(gates.length > 0 && { gates }),
      manifest: digestEnvironment(
        createEnvironment({ ...of, ...settings, secrets }),
      ),
      from: from && summarize(from),
      to: summarize(to),
      fromEnvironment: null,
      commits,
      artifacts: [],
      migrations: [],
      configuration: [],
      doesNotRevert: [],
      steps: target
        .steps({
          operation: of.operation,
          build: needsBuild({ operation: of.operation, release: to }),
        })
        .map(({ id, title }) => ({ id, title })),
      findings: [
        ...settings.findings,
        ...(from?.id === to.id
          ? [
              {
                severity: 'blocking' as const,
                message: `${to.version} already runs`,
              },
            ]
          : []),
      ],
    });
    return {
      hash: hashPlan(content),
      content,
      createdAt: new Date().toISOString(),
      usualMs: null,
    };
  }

  const dependencies: RunDependencies = {
    resolveEnvironment: async (serviceRef, environment) =>
      createEnvironment({ serviceRef, environment, secrets, ...settings }),
    targetOf: () => target,
    replan: async ({ content }) =>
      compose({
        ...content,
        to: await stores.releases.require(content.to.id),
      }),
    openSource: async () => ({
      checkout: async () => {},
      listFiles: async () => [],
      readFile: async () => null,
    }),
  };
  const engine = await createEngine({ ...options, logger });
  started.add(engine);
  const { clock = systemClock, providers = new Map() } = options;
  const controller = new RunController({
    knex,
    engine,
    changes,
    clock,
    telemetry: options.telemetry,
  });
  const context = {
    knex,
    engine,
    dependencies,
    observer: new Observer({
      states: stores.observedStates,
      dependencies,
      changes,
      logger,
    }),
    changes,
    logger,
    gates: new GateKeeper({ stores, dependencies, providers, logger }),
    clock,
    telemetry: options.telemetry,
    retryDelaysMs: [0],
    abortWaitMs: 0,
  };
  const advance: Advance = claim =>
    advanceRun(context, {
      runId: claim.runId,
      signal: claim.signal,
      get draining() {
        return claim.draining;
      },
      async tx(write) {
        await lifeline.pass();
        const result = await claim.tx(write);
        await lifeline.pass();
        return result;
      },
      canWriteAtOnce: claim.canWriteAtOnce,
      async writeAtOnce(build) {
        await lifeline.pass();
        const row = await claim.writeAtOnce(build);
        await lifeline.pass();
        return row;
      },
    });
  await engine.start(options.wrap?.(advance) ?? advance);

  const runs: Runs = {
    engine,
    controller,
    gateController: new GateController({ knex, engine, changes, clock }),
    environments: new EnvironmentController({ knex, engine, changes }),
    dependencies,
    changes,
    stores,
    target,
    settings,
    lifeline,
    createRelease: (version, serviceRef = SHOP) =>
      stores.releases.findOrCreate({
        serviceRef,
        version,
        commit: {
          id: commitIdSchema.parse(
            createHash('sha1').update(version).digest('hex'),
          ),
          subject: `Release ${version}`,
          author: 'Ana',
          committedAt: '2026-11-20T10:00:00.000Z',
        },
      }),
    plan: async request =>
      compose({
        serviceRef: request.serviceRef ?? SHOP,
        environment: request.environment ?? 'production',
        operation: request.operation ?? 'deploy',
        to: await runs.createRelease(request.version, request.serviceRef),
      }),
    deploy: async request =>
      controller.start({
        plan: await runs.plan(request),
        requestedBy: request.requestedBy ?? ANA,
        trigger: request.trigger,
      }),
    view: runId => describeRun({ stores, runId, at: clock() }),
    async until(runId, isReached) {
      for (;;) {
        const changed = new Promise<void>(resolve => {
          const forget = changes.listen(() => {
            forget();
            resolve();
          });
        });
        const view = await runs.view(runId);
        if (isReached(view)) {
          return view;
        }
        await changed;
      }
    },
    end: runId => runs.until(runId, ({ finishedAt }) => finishedAt !== null),
    async logOf(runId) {
      const page = await stores.logs.page({ runId, after: 0, limit: 10_000 });
      return page.lines.map(({ text }) => text);
    },
  };
  return runs;
}

async function createEngine(options: {
  knex: Knex;
  logger: LoggerService;
  engine?: 'embedded' | 'of the database';
  concurrency?: number;
}): Promise<RunEngine> {
  const common = { ...options, abortWaitMs: ABORT_WAIT_MS };
  const isPostgres = options.knex.client.config.client === 'pg';
  return isPostgres && options.engine === 'of the database'
    ? PgBossRunEngine.create({
        ...common,
        schema: 'deployments_engine',
        migrate: true,
      })
    : new EmbeddedRunEngine({ ...common, pollIntervalMs: NEVER_MS });
}

function createEnvironment(options: {
  serviceRef: ServiceRef;
  environment: EnvironmentName;
  secrets: ReadonlyMap<string, Secret>;
  variables: Record<string, string>;
  protection?: Settings['protection'];
}): TargetEnvironment {
  const target = { kind: 'scripted', connection: 'nowhere' };
  const spec = environmentSchema.parse({
    name: options.environment,
    target,
    variables: options.variables,
    protection: options.protection,
  });
  const manifest = manifestSchema.parse({
    apiVersion: 'slipway.dev/v1',
    environments: [{ name: 'staging', target }],
  });
  return {
    serviceRef: options.serviceRef,
    name: options.environment,
    manifest: {
      ...manifest,
      environments: [
        ...manifest.environments.filter(({ name }) => name !== spec.name),
        spec,
      ],
    },
    spec,
    parameters: {},
    connection: { name: 'nowhere', options: {} },
    secrets: options.secrets,
  };
}

/** As if each version were one commit after the one before. */
function describeCommits(
  from: Release | null,
  to: Release,
): PlanContent['commits'] {
  if (!from) {
    return { direction: 'first', items: [], total: 0 };
  }
  const isBackward =
    to.version.localeCompare(from.version, 'en', { numeric: true }) < 0;
  return {
    direction: isBackward ? 'backward' : 'forward',
    items: [to.commit],
    total: 1,
  };
}

function summarize(release: Release) {
  return {
    id: release.id,
    version: release.version,
    commitId: release.commit.id,
  };
}
