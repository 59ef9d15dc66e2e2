/**
 * Types, permissions and the API client that the deployments plugins share.
 *
 * @packageDocumentation
 */
export * from './annotations';
export * from './api';
export * from './ids';
export * from './model';
export * from './permissions';
