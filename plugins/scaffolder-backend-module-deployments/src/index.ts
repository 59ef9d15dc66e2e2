/**
 * Scaffolder actions that plan, deploy, promote, roll back and wait.
 *
 * @packageDocumentation
 */
export { scaffolderModuleDeployments as default } from './module';
