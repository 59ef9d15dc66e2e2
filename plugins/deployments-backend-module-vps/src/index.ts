/**
 * The target kind `vps`: servers over SSH, and the portal's own machine.
 *
 * @packageDocumentation
 */
export { deploymentsModuleVps as default } from './module';
