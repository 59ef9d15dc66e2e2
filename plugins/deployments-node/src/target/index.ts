export * from './DeploymentTarget';
export * from './errors';
export * from './extensionPoint';
export { Secret } from './Secret';
