export { ClaimLostError } from './ClaimLostError';
export { EmbeddedRunEngine } from './EmbeddedRunEngine';
export type { Advance, Claim, RunEngine } from './RunEngine';
