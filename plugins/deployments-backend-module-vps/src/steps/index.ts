import { Operation } from '@slipway/plugin-deployments-common';
import { VpsEnvironment, VpsStep, VpsTools } from '../types';
import { buildReleaseStep } from './buildReleaseStep';
import { checkCandidateStep } from './checkCandidateStep';
import { checkHostStep, readPreparedHost } from './checkHostStep';
import { installDependenciesStep } from './installDependenciesStep';
import { migrationSteps } from './migrationSteps';
import {
  PickRelease,
  reloadProcessesStep,
  switchReleaseStep,
  verifyReleaseStep,
} from './servingSteps';
import { discardFailedStep, pruneReleasesStep } from './tidySteps';
import { uploadReleaseStep } from './uploadReleaseStep';

export { describeWayBack, listNewMigrations } from './migrationSteps';
export { onHost } from './onHost';

/** The steps of an operation on a server, in order. */
export function createSteps(
  tools: VpsTools,
  request: {
    operation: Operation | 'recover';
    environment: VpsEnvironment;
    build: boolean;
  },
): VpsStep[] {
  const { operation, environment, build } = request;
  switch (operation) {
    case 'deploy':
    case 'promote':
      return [
        ...(build ? [buildReleaseStep(tools, environment)] : []),
        checkHostStep(tools),
        uploadReleaseStep(tools),
        installDependenciesStep(tools),
        checkCandidateStep(tools, environment),
        ...(environment.manifest.migrations
          ? migrationSteps(tools, environment.manifest.migrations)
          : []),
        ...serve(tools, environment, { restores: false }),
        pruneReleasesStep(tools),
      ];
    case 'rollback':
      // The release is whole on the host and has served there before: it is not tried out again, to be quick.
      return [
        checkHostStep(tools),
        ...serve(tools, environment, { restores: true }),
      ];
    case 'recover':
      return [...serveAgain(tools, environment), discardFailedStep(tools)];
    default:
      return operation satisfies never;
  }
}

/** The way there. */
function serve(
  tools: VpsTools,
  environment: VpsEnvironment,
  { restores }: { restores: boolean },
): VpsStep[] {
  const pick: PickRelease = ({ release }) => release;
  return [
    switchReleaseStep(tools, {
      id: 'switch-release',
      title: 'Switch release',
      pick,
      restores,
    }),
    reloadProcessesStep(tools, environment, {
      id: 'reload-processes',
      title: 'Reload processes',
      pick,
      restores,
    }),
    verifyReleaseStep(tools, environment, {
      id: 'verify-release',
      title: 'Verify release',
      pick,
      restores,
    }),
  ];
}

/** The way back, by the same steps. */
function serveAgain(tools: VpsTools, environment: VpsEnvironment): VpsStep[] {
  // What served may be unknown to the portal; the host knows it.
  const pick: PickRelease = context =>
    context.previous ?? readPreparedHost(context).previous;
  return [
    switchReleaseStep(tools, {
      id: 'switch-back',
      title: 'Switch back',
      pick,
      restores: true,
    }),
    reloadProcessesStep(tools, environment, {
      id: 'reload-previous-processes',
      title: 'Reload previous processes',
      pick,
      restores: true,
    }),
    verifyReleaseStep(tools, environment, {
      id: 'verify-previous-release',
      title: 'Verify previous release',
      pick,
      restores: true,
    }),
  ];
}
