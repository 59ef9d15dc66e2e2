export { ClaimLostError } from './ClaimLostError';
export { createRunEngine } from './createRunEngine';
export { EmbeddedRunEngine } from './EmbeddedRunEngine';
export { FENCE_STEP, PgBossRunEngine } from './PgBossRunEngine';
export type { Advance, Claim, RunEngine } from './RunEngine';
