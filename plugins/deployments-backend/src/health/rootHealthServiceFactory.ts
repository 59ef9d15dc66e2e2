import {
  coreServices,
  createServiceFactory,
  RootHealthService,
} from '@backstage/backend-plugin-api';
import { readinessServiceRef } from '@slipway/plugin-deployments-node';

type Answer = Awaited<ReturnType<RootHealthService['getReadiness']>>;

/**
 * The portal's health as the framework has it, and not ready as long as something is away that deployments cannot work without.
 * Added to a backend, it takes the place of the framework's own.
 */
export const deploymentsRootHealthServiceFactory = createServiceFactory({
  service: coreServices.rootHealth,
  deps: {
    lifecycle: coreServices.rootLifecycle,
    readiness: readinessServiceRef,
  },
  factory({ lifecycle, readiness }): RootHealthService {
    let obstacle: string | null = 'Backend has not started yet';
    lifecycle.addStartupHook(() => {
      obstacle = null;
    });
    lifecycle.addBeforeShutdownHook(() => {
      obstacle = 'Backend is shutting down';
    });
    return {
      getLiveness: async () => ok(),
      async getReadiness() {
        if (obstacle !== null) {
          return unavailable(obstacle);
        }
        const failing = await readiness.listFailing();
        return failing.length > 0
          ? unavailable(`Cannot reach ${failing.join(', ')}`)
          : ok();
      },
    };
  },
});

function ok(): Answer {
  return { status: 200, payload: { status: 'ok' } };
}

function unavailable(message: string): Answer {
  return { status: 503, payload: { status: 'error', message } };
}
