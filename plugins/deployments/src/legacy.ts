/**
 * The same screens for portals on the old frontend system.
 *
 * @packageDocumentation
 */
import {
  createApiFactory,
  createComponentExtension,
  createPlugin,
  createRoutableExtension,
  createRouteRef,
  discoveryApiRef,
  fetchApiRef,
} from '@backstage/core-plugin-api';
import { DeploymentsClient } from '@slipway/plugin-deployments-common';
import { deploymentsApiRef } from './api/deploymentsApiRef';

export { deploymentsApiRef } from './api/deploymentsApiRef';
export { isDeploymentsAvailable } from './isDeploymentsAvailable';

const approvalsRouteRef = createRouteRef({ id: 'deployments:approvals' });
const entityContentRouteRef = createRouteRef({
  id: 'deployments:entity-content',
});

/** The plugin of the old frontend system. */
export const deploymentsPlugin = createPlugin({
  id: 'deployments',
  apis: [
    createApiFactory({
      api: deploymentsApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: deps => new DeploymentsClient(deps),
    }),
  ],
  routes: {
    approvals: approvalsRouteRef,
    entityContent: entityContentRouteRef,
  },
});

/** The tab for an `EntityLayout.Route` with the path `/deployments`. */
export const EntityDeploymentsContent = deploymentsPlugin.provide(
  createRoutableExtension({
    name: 'EntityDeploymentsContent',
    component: () =>
      import('./DeploymentsTab').then(module => module.DeploymentsTab),
    mountPoint: entityContentRouteRef,
  }),
);

/** The card for the overview of an entity. */
export const EntityDeploymentsCard = deploymentsPlugin.provide(
  createComponentExtension({
    name: 'EntityDeploymentsCard',
    component: {
      lazy: () =>
        import('./environments/ServiceSummaryCard').then(
          module => module.ServiceSummaryCard,
        ),
    },
  }),
);

/** The page for a `Route` with the path `/deployments/approvals`. */
export const DeploymentsApprovalsPage = deploymentsPlugin.provide(
  createRoutableExtension({
    name: 'DeploymentsApprovalsPage',
    component: () =>
      import('./approvals/LegacyApprovalsPage').then(
        module => module.LegacyApprovalsPage,
      ),
    mountPoint: approvalsRouteRef,
  }),
);
