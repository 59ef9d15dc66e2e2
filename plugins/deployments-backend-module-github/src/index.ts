/**
 * The kind of check `github`: what GitHub has of the commit that is to be deployed has to be green.
 *
 * @packageDocumentation
 */
export { deploymentsModuleGithub as default } from './module';
