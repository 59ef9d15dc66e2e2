import { LoggerService } from '@backstage/backend-plugin-api';
import { NotFoundError, stringifyError } from '@backstage/errors';
import {
  DeploymentTarget,
  TargetEnvironment,
} from '@slipway/plugin-deployments-node';
import {
  findEnvironment,
  findLastValid,
  requireFor,
  requireValid,
  ServiceLoader,
} from '../manifest';
import { formatEnvironmentRef } from '../permissions';
import { hashPlan, Planner } from '../plans';
import { RunDependencies } from '../runs';
import { GitMirrors } from '../source';

/** What runs need of manifests, plans and the source. */
export function createRunDependencies(options: {
  services: ServiceLoader;
  planner: Planner;
  mirrors: GitMirrors;
  targets: ReadonlyMap<string, DeploymentTarget>;
  logger: LoggerService;
}): RunDependencies {
  const { services, planner, mirrors, targets, logger } = options;
  const remembered = new Map<string, TargetEnvironment>();
  return {
    /** A manifest that is broken while a run is under way does not keep the run from ending well: it goes on with what was valid last. */
    async resolveEnvironment(serviceRef, environment) {
      const ref = formatEnvironmentRef({ serviceRef, environment });
      try {
        const service = await services.load(serviceRef);
        const resolved = findEnvironment(
          findLastValid(service) ?? requireValid(service),
          environment,
        );
        remembered.set(ref, resolved);
        return resolved;
      } catch (error) {
        const last = remembered.get(ref);
        if (!last) {
          throw error;
        }
        logger.warn(
          `${ref} goes on with its last valid manifest: ${stringifyError(error)}`,
        );
        return last;
      }
    },

    targetOf: kind => findTarget(targets, kind),

    async replan(plan) {
      const { serviceRef } = plan.content;
      const service = await services.load(serviceRef, { fresh: true });
      const content = await planner.renew(
        requireFor(plan.content.operation, service),
        plan.content,
      );
      return {
        ...plan,
        hash: hashPlan(content),
        content,
        createdAt: new Date().toISOString(),
      };
    },

    openSource: ({ serviceRef, manifest: { repository } }) => {
      if (repository === undefined) {
        throw new NotFoundError(`${serviceRef} has no repository.`);
      }
      return mirrors.open(repository, { fetch: false });
    },
  };
}

/** @throws NotFoundError for a kind that no module drives. */
export function findTarget(
  targets: ReadonlyMap<string, DeploymentTarget>,
  kind: string,
): DeploymentTarget {
  const target = targets.get(kind);
  if (!target) {
    throw new NotFoundError(`The kind ${kind} is not installed.`);
  }
  return target;
}
