import {
  ApiBlueprint,
  createFrontendPlugin,
  discoveryApiRef,
  fetchApiRef,
  PageBlueprint,
  SubPageBlueprint,
} from '@backstage/frontend-plugin-api';
import {
  EntityCardBlueprint,
  EntityContentBlueprint,
} from '@backstage/plugin-catalog-react/alpha';
import { RiShipLine } from '@remixicon/react';
import { DeploymentsClient } from '@slipway/plugin-deployments-common';
import { deploymentsApiRef } from './api/deploymentsApiRef';
import { TAB_PATH } from './hooks/usePaths';
import { isDeploymentsAvailable } from './isDeploymentsAvailable';
import {
  approvalsRouteRef,
  entityContentRouteRef,
  rootRouteRef,
} from './routes';

const deploymentsApi = ApiBlueprint.make({
  params: defineParams =>
    defineParams({
      api: deploymentsApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: deps => new DeploymentsClient(deps),
    }),
});

const entityContent = EntityContentBlueprint.make({
  params: {
    path: TAB_PATH,
    title: 'Deployments',
    group: 'deployment',
    icon: <RiShipLine />,
    routeRef: entityContentRouteRef,
    filter: isDeploymentsAvailable,
    loader: () =>
      import('./DeploymentsTab').then(module => <module.DeploymentsTab />),
  },
});

const entityCard = EntityCardBlueprint.make({
  name: 'summary',
  params: {
    type: 'content',
    filter: isDeploymentsAvailable,
    loader: () =>
      import('./environments/ServiceSummaryCard').then(module => (
        <module.ServiceSummaryCard />
      )),
  },
});

const page = PageBlueprint.make({
  params: {
    path: '/deployments',
    title: 'Deployments',
    icon: <RiShipLine />,
    routeRef: rootRouteRef,
  },
});

const approvalsPage = SubPageBlueprint.make({
  name: 'approvals',
  params: {
    path: 'approvals',
    title: 'Approvals',
    routeRef: approvalsRouteRef,
    loader: () =>
      import('./approvals/ApprovalsScreen').then(module => (
        // The framework's own pages bring their landmark along; this one's header has none.
        <main>
          <module.ApprovalsScreen />
        </main>
      )),
  },
});

/** Deployments for Backstage: environments, plans, runs, history and approvals. Installing it is enough. */
export const deploymentsPlugin = createFrontendPlugin({
  pluginId: 'deployments',
  title: 'Deployments',
  icon: <RiShipLine />,
  info: { packageJson: () => import('../package.json') },
  routes: {
    root: rootRouteRef,
    approvals: approvalsRouteRef,
    entityContent: entityContentRouteRef,
  },
  extensions: [deploymentsApi, entityContent, entityCard, page, approvalsPage],
});
