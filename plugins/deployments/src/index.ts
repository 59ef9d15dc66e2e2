/**
 * Deployments for Backstage: environments, plans, runs, history and approvals on the entity page.
 *
 * @packageDocumentation
 */
export { deploymentsPlugin as default } from './plugin';
export { deploymentsApiRef } from './api/deploymentsApiRef';
export { isDeploymentsAvailable } from './isDeploymentsAvailable';
