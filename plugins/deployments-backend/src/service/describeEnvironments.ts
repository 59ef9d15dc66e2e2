import { LoggerService } from '@backstage/backend-plugin-api';
import { stringifyError } from '@backstage/errors';
import {
  Ahead,
  Availability,
  deploymentsDeployPermission,
  deploymentsHoldPermission,
  deploymentsPromotePermission,
  deploymentsReadPermission,
  deploymentsReleasePermission,
  deploymentsRollbackPermission,
  EnvironmentName,
  EnvironmentState,
  ObservedState,
  RunSummary,
} from '@slipway/plugin-deployments-common';
import { listActiveFreezes } from '../gates';
import { ValidService } from '../manifest';
import { computeDrift } from '../observation';
import { EnvironmentAuthorizer } from '../permissions';
import { findEnvironmentBefore } from '../plans';
import { describeDeployed, describeRuns, findStuck } from '../runs';
import { GitMirrors } from '../source';
import { Stores } from '../stores';
import {
  mayDeploy,
  mayHold,
  mayPromote,
  mayReleaseHold,
  mayRollback,
  Permit,
} from './availability';
import { Caller } from './Caller';

const PERMISSIONS = [
  deploymentsReadPermission,
  deploymentsDeployPermission,
  deploymentsPromotePermission,
  deploymentsRollbackPermission,
  deploymentsHoldPermission,
  deploymentsReleasePermission,
];

type Options = {
  service: ValidService;
  /** Why nothing can be deployed at present, where the service is as its last valid manifest said; null where nothing is in the way. */
  obstacle: string | null;
  caller: Caller;
  authorizer: EnvironmentAuthorizer;
  stores: Stores;
  mirrors: GitMirrors;
  logger: LoggerService;
};

/** A service's environments as the caller may see them, in promotion order. */
export async function describeEnvironments(
  options: Options,
): Promise<EnvironmentState[]> {
  const { service, caller, authorizer, stores } = options;
  const { serviceRef, owners, environments } = service;
  const decisions = await authorizer.decide(
    environments.flatMap(({ name }) =>
      PERMISSIONS.map(permission => ({
        serviceRef,
        environment: name,
        permission,
      })),
    ),
    caller.credentials,
  );
  const permitOf = (
    environment: EnvironmentName,
    { name }: { name: string },
  ): Permit => ({
    permission: { name },
    environment,
    ask: owners,
    allowed: decisions.some(
      decision =>
        decision.environment === environment &&
        decision.permission.name === name &&
        decision.allowed,
    ),
  });
  const refused: Availability | null =
    options.obstacle === null
      ? null
      : { allowed: false, reason: options.obstacle };
  const readable = environments.filter(
    ({ name }) => permitOf(name, deploymentsReadPermission).allowed,
  );
  const observed = new Map(
    await Promise.all(
      readable.map(
        async ({ name }) =>
          [
            name,
            (await stores.observedStates.get(serviceRef, name)) ?? null,
          ] as const,
      ),
    ),
  );
  const unfinished = await describeRuns({
    stores,
    runs: await stores.runs.listUnfinished(serviceRef),
  });
  return Promise.all(
    environments.map(async (environment, index) => {
      const { name, spec } = environment;
      if (!observed.has(name)) {
        return {
          access: 'forbidden',
          name,
          permission: deploymentsReadPermission.name,
        };
      }
      const state = observed.get(name) ?? null;
      const deployed = await describeDeployed({
        stores,
        serviceRef,
        environment: name,
      });
      const before = findEnvironmentBefore(service, name);
      const of = { serviceRef, environment: name };
      const { hold } = await stores.environments.get(of);
      return {
        access: 'open',
        name,
        targetKind: spec.target.kind,
        observed: state,
        deployed,
        drift: computeDrift({
          deployed:
            (deployed && (await stores.releases.get(deployed.release.id))) ??
            null,
          observed: state,
        }),
        ahead: await describeAhead({
          ...options,
          of: environments[index + 1]?.name ?? null,
          observed: state,
          next: observed.get(environments[index + 1]?.name) ?? null,
        }),
        promotesFrom: before,
        ...sortRuns(unfinished.filter(run => run.environment === name)),
        hold,
        stuck: await findStuck({ stores, of }),
        freezes: listActiveFreezes(environment, new Date()),
        may: {
          deploy:
            refused ??
            mayDeploy({
              permit: permitOf(name, deploymentsDeployPermission),
            }),
          promote:
            refused ??
            mayPromote({
              permit: findMissing([
                permitOf(name, deploymentsPromotePermission),
                ...(before
                  ? [permitOf(before, deploymentsReadPermission)]
                  : []),
              ]),
              environment: name,
              observed: state,
              promotesFrom: before
                ? { name: before, observed: observed.get(before) ?? null }
                : null,
            }),
          rollback: mayRollback({
            permit: permitOf(name, deploymentsRollbackPermission),
            environment: name,
            observed: state,
          }),
          hold: mayHold({
            permit: permitOf(name, deploymentsHoldPermission),
            hold,
          }),
          release: mayReleaseHold({
            permit: permitOf(name, deploymentsReleasePermission),
            caller,
            environment: name,
            hold,
          }),
        },
      };
    }),
  );
}

/** The first permit that is wanting, else the first of all. */
function findMissing(permits: [Permit, ...Permit[]]): Permit {
  return permits.find(({ allowed }) => !allowed) ?? permits[0];
}

function sortRuns(runs: RunSummary[]): {
  activeRun: RunSummary | null;
  queue: RunSummary[];
  waiting: RunSummary[];
} {
  const queue: Array<{ run: RunSummary; position: number }> = [];
  for (const run of runs) {
    if (run.state.phase === 'queued') {
      queue.push({ run, position: run.state.position });
    }
  }
  return {
    activeRun: runs.find(({ state }) => state.phase === 'running') ?? null,
    queue: queue.sort((a, b) => a.position - b.position).map(({ run }) => run),
    waiting: runs.filter(
      ({ state }) =>
        state.phase === 'waiting-for-approval' ||
        state.phase === 'waiting-for-gates',
    ),
  };
}

/** How far an environment is ahead of the next one, and behind it. The page shows without it where the source cannot be read. */
async function describeAhead(
  options: Options & {
    of: EnvironmentName | null;
    observed: ObservedState | null;
    next: ObservedState | null;
  },
): Promise<Ahead | null> {
  const { of, service, mirrors, logger } = options;
  const to = findCommit(options.observed);
  const from = findCommit(options.next);
  if (!of || !to || !from) {
    return null;
  }
  if (from === to) {
    return { comparison: 'counted', of, commits: 0, behind: 0 };
  }
  try {
    const source = await mirrors.open(service.repository, { fetch: false });
    const apart = await source.countApart({ one: to, other: from });
    return apart
      ? {
          comparison: 'counted',
          of,
          commits: apart.onlyOne,
          behind: apart.onlyOther,
        }
      : { comparison: 'unrelated', of };
  } catch (error) {
    logger.warn(
      `Could not compare environments of ${service.serviceRef}: ${stringifyError(error)}`,
    );
    return { comparison: 'unknown', of };
  }
}

function findCommit(observed: ObservedState | null) {
  return observed?.reach === 'reached'
    ? (observed.release?.commitId ?? null)
    : null;
}
