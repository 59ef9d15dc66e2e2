import { createRouteRef } from '@backstage/frontend-plugin-api';

/** The deployments of the whole portal. */
export const rootRouteRef = createRouteRef();

/** What waits for approval. */
export const approvalsRouteRef = createRouteRef();

/** The tab on a service's entity page. */
export const entityContentRouteRef = createRouteRef();
