import { Operation, Release } from '@slipway/plugin-deployments-common';

/** Whether an operation has to make its release's artifacts first. Only a deployment builds, and only once. */
export function needsBuild(options: {
  operation: Operation;
  release: Pick<Release, 'artifacts'>;
}): boolean {
  return (
    options.operation === 'deploy' && options.release.artifacts.length === 0
  );
}
