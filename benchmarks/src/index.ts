/**
 * What is measured against peers.
 *
 * @packageDocumentation
 */
export { benchCertificate } from './certificate';
export { benchEngine } from './engine';
export { benchStart } from './start';
export { benchVps } from './vps';
