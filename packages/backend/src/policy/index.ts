export { portalPolicy } from './policyModule';
