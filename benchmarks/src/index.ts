/**
 * What is measured against peers.
 *
 * @packageDocumentation
 */
export { benchStart } from './start';
export { benchVps } from './vps';
