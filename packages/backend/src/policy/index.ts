export { portalPolicy } from './portalPolicy';
