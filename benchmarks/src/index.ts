/**
 * What is measured against peers.
 *
 * @packageDocumentation
 */
export { benchVps } from './vps';
