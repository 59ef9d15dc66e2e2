import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import {
  actionsRegistryServiceRef,
  metricsServiceRef,
  tracingServiceRef,
} from '@backstage/backend-plugin-api/alpha';
import { ScmIntegrations } from '@backstage/integration';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { notificationService } from '@backstage/plugin-notifications-node';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import { deploymentsPermissions } from '@slipway/plugin-deployments-common';
import {
  CheckProvider,
  DeploymentChecksExtensionPoint,
  deploymentChecksExtensionPoint,
  DeploymentTarget,
  deploymentTargetsExtensionPoint,
  readinessServiceRef,
} from '@slipway/plugin-deployments-node';
import { registerActions } from './actions';
import { readConfiguration, secureWorkDirectory } from './configuration';
import { createRunEngine } from './engine';
import { GateKeeper, HttpCheckProvider, recordServing } from './gates';
import {
  createManifestJsonSchema,
  ManifestReader,
  ServiceLoader,
} from './manifest';
import { Observer } from './observation';
import {
  deploymentsEnvironmentResourceRef,
  deploymentsRules,
  EnvironmentAuthorizer,
  loadEnvironmentResources,
} from './permissions';
import { Planner } from './plans';
import { createDatabaseCheck } from './health';
import { createRouter } from './router';
import {
  advanceRun,
  ChangeFeed,
  EnvironmentController,
  GateController,
  RunController,
} from './runs';
import { Access, DeploymentsService } from './service';
import { broadcastChanges } from './service/broadcastChanges';
import {
  createRunDependencies,
  findTarget,
} from './service/createRunDependencies';
import { findPreviousRelease } from './service/findPreviousRelease';
import { notifyPeople } from './service/notifyPeople';
import { observeEnvironment } from './service/observeEnvironment';
import { observeServices } from './service/observeServices';
import { surveyEnvironments } from './service/surveyEnvironments';
import { GitMirrors } from './source';
import { connectDatabase, createStores } from './stores';
import { Telemetry } from './telemetry';

/** How long steps under way may take to end when the portal stops. */
const STOP_GRACE_MS = 20_000;

/** How long one round of asking all targets may take. */
const OBSERVATION_TIMEOUT_MS = 10 * 60_000;

/** Deployments: plans, runs, approvals and observation. Modules add the kinds of target. */
export const deploymentsPlugin = createBackendPlugin({
  pluginId: 'deployments',
  register(env) {
    const targets = new Map<string, DeploymentTarget>();
    env.registerExtensionPoint(deploymentTargetsExtensionPoint, {
      addTarget(target) {
        if (targets.has(target.kind)) {
          throw new Error(`The target kind ${target.kind} was added before`);
        }
        targets.set(target.kind, target);
      },
    });
    const checks = new Map<string, CheckProvider>();
    const checkProviders: DeploymentChecksExtensionPoint = {
      addProvider(provider) {
        if (checks.has(provider.kind)) {
          throw new Error(
            `The kind of check ${provider.kind} was added before`,
          );
        }
        checks.set(provider.kind, provider);
      },
    };
    env.registerExtensionPoint(deploymentChecksExtensionPoint, checkProviders);
    env.registerInit({
      deps: {
        actionsRegistry: actionsRegistryServiceRef,
        auditor: coreServices.auditor,
        auth: coreServices.auth,
        cache: coreServices.cache,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        database: coreServices.database,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
        metrics: metricsServiceRef,
        notifications: notificationService,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
        readiness: readinessServiceRef,
        scheduler: coreServices.scheduler,
        signals: signalsServiceRef,
        tracing: tracingServiceRef,
        urlReader: coreServices.urlReader,
        userInfo: coreServices.userInfo,
      },
      async init(deps) {
        const { auth, catalog, config, lifecycle, logger } = deps;
        checkProviders.addProvider(new HttpCheckProvider(deps));
        const configuration = readConfiguration({
          config,
          targets,
          checks,
        });
        if (!config.has('deployments.workDirectory')) {
          await secureWorkDirectory(configuration.workDirectory);
        }
        const knex = await connectDatabase(deps.database);
        deps.readiness.addCheck(createDatabaseCheck(knex));
        const stores = createStores(knex);
        const changes = new ChangeFeed({ logger });
        const telemetry = new Telemetry(deps);
        telemetry.observeEnvironments(() => surveyEnvironments(stores));
        const mirrors = new GitMirrors({
          workDirectory: configuration.workDirectory,
          protocols: configuration.sourceProtocols,
        });
        const services = new ServiceLoader({
          auth,
          catalog,
          integrations: ScmIntegrations.fromConfig(config),
          reader: new ManifestReader(deps),
          targets,
          checks,
          configuration,
          manifests: stores.manifests,
        });
        const observer = new Observer({
          states: stores.observedStates,
          dependencies: { targetOf: kind => findTarget(targets, kind) },
          onObserved: of =>
            recordServing({
              ...of,
              stores,
              intervalMs: configuration.observationIntervalMs,
            }),
          changes,
          logger,
        });
        const planner = new Planner({
          mirrors,
          targets,
          releases: stores.releases,
          observe: environment => observer.observe(environment),
          findPreviousRelease: of => findPreviousRelease({ stores, ...of }),
          listUnverified: of => stores.runs.listBeingDeployed(of),
          findHold: async of => (await stores.environments.get(of)).hold,
          logger,
        });
        const dependencies = createRunDependencies({
          services,
          planner,
          mirrors,
          targets,
          logger,
        });
        const engine = await createRunEngine({
          knex,
          schema: configuration.engineSchema,
          migrate: !deps.database.migrations?.skip,
          logger,
        });
        const gates = new GateKeeper({
          stores,
          dependencies,
          providers: checks,
          logger,
        });
        const authorizer = new EnvironmentAuthorizer(deps);
        const service = new DeploymentsService({
          access: new Access({ ...deps, authorizer, services, stores }),
          auditor: deps.auditor,
          logger,
          authorizer,
          planner,
          mirrors,
          stores,
          controller: new RunController({
            knex,
            engine,
            changes,
            telemetry,
          }),
          gateController: new GateController({ knex, engine, changes }),
          gates,
          environments: new EnvironmentController({ knex, engine, changes }),
          observe: of => observeEnvironment({ ...of, dependencies, observer }),
          changes,
        });

        deps.permissionsRegistry.addResourceType({
          resourceRef: deploymentsEnvironmentResourceRef,
          permissions: deploymentsPermissions,
          rules: Object.values(deploymentsRules),
          getResources: resourceRefs =>
            loadEnvironmentResources({ resourceRefs, catalog, auth }),
        });
        registerActions({ actionsRegistry: deps.actionsRegistry, service });
        deps.httpRouter.use(
          await createRouter({
            service,
            httpAuth: deps.httpAuth,
            manifestSchema: createManifestJsonSchema(targets, checks),
          }),
        );
        deps.httpRouter.addAuthPolicy({
          path: '/manifest.schema.json',
          allow: 'unauthenticated',
        });

        const stopSignals = broadcastChanges({
          changes,
          signals: deps.signals,
          logger,
        });
        const stopNotifications = notifyPeople({
          changes,
          stores,
          services,
          notifications: deps.notifications,
          logger,
        });
        lifecycle.addStartupHook(async () => {
          await engine.start(claim =>
            advanceRun(
              {
                knex,
                engine,
                dependencies,
                observer,
                changes,
                logger,
                gates,
                telemetry,
                gateIntervalMs: configuration.gateIntervalMs,
              },
              claim,
            ),
          );
          await deps.scheduler.scheduleTask({
            id: 'observe-environments',
            frequency: { milliseconds: configuration.observationIntervalMs },
            timeout: { milliseconds: OBSERVATION_TIMEOUT_MS },
            fn: signal =>
              observeServices({ services, observer, logger, signal }),
          });
        });
        lifecycle.addShutdownHook(async () => {
          await engine.stop({ graceMs: STOP_GRACE_MS });
          stopSignals();
          stopNotifications();
          await Promise.all(
            [...targets.values()].map(target => target.close?.()),
          );
        });
      },
    });
  },
});
