import { parseEntityRef } from '@backstage/catalog-model';
import { Release } from '@slipway/plugin-deployments-common';
import type { Site } from '../host/types';
import { VpsEnvironment } from './types';

/** The place on the host that an environment has. */
export function createSite(environment: VpsEnvironment): Site {
  const { parameters, spec, connection } = environment;
  return {
    base: parameters.directory,
    processName: parameters.processName ?? nameProcess(environment),
    pm2Home: connection.options.pm2Home ?? null,
    port: parameters.port,
    script: parameters.script,
    instances: parameters.instances,
    waitReady: parameters.waitReady,
    stopTimeoutMs: parameters.stopTimeout,
    health: {
      path: spec.health.path,
      releaseField: spec.health.releaseField ?? null,
      timeout: spec.health.timeout,
    },
  };
}

/**
 * The environment variables of the application, with the values of its secrets: for the host, over standard input, and
 * for nothing else. `PORT` is added where the process is started.
 */
export function createApplicationVariables(
  environment: VpsEnvironment,
  release: Pick<Release, 'id' | 'version'>,
): Record<string, string> {
  const secrets = [...environment.secrets].map(([name, secret]) => [
    name,
    secret.reveal(),
  ]);
  return {
    NODE_ENV: 'production',
    ...environment.spec.variables,
    ...Object.fromEntries(secrets),
    SLIPWAY_RELEASE: release.id,
    SLIPWAY_VERSION: release.version,
  };
}

function nameProcess({ serviceRef, name }: VpsEnvironment): string {
  return `${parseEntityRef(serviceRef).name}-${name}`;
}
