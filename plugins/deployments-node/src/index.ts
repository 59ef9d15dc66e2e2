/**
 * What a target, a notifier or a backup store implements to join the deployments backend.
 *
 * @packageDocumentation
 */
export * from './check';
export * from './manifest';
export * from './readiness';
export * from './target';
