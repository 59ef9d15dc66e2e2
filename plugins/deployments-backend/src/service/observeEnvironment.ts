import { stringifyError } from '@backstage/errors';
import {
  EnvironmentName,
  ObservedState,
  ServiceRef,
} from '@slipway/plugin-deployments-common';
import { Observer } from '../observation';
import { RunDependencies } from '../runs';

/** Asks the target of an environment what it runs. One whose manifest cannot be read counts as not reached. */
export async function observeEnvironment(options: {
  serviceRef: ServiceRef;
  environment: EnvironmentName;
  dependencies: RunDependencies;
  observer: Observer;
}): Promise<ObservedState> {
  const { serviceRef, environment, dependencies, observer } = options;
  try {
    return await observer.observe(
      await dependencies.resolveEnvironment(serviceRef, environment),
    );
  } catch (error) {
    return {
      reach: 'unreachable',
      askedAt: new Date().toISOString(),
      message: `The environment could not be read: ${stringifyError(error)}`,
      mend: null,
    };
  }
}
