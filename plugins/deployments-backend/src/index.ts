/**
 * Plans, runs, approvals and observation of deployments.
 *
 * @packageDocumentation
 */
export { deploymentsRootHealthServiceFactory } from './health';
export { deploymentsPlugin as default } from './plugin';
export {
  createDeploymentsConditionalDecision,
  deploymentsConditions,
  deploymentsEnvironmentResourceRef,
  type EnvironmentRef,
  type EnvironmentResource,
} from './permissions';
