export { ClaimLostError } from './ClaimLostError';
export { createRunEngine } from './createRunEngine';
export { EmbeddedRunEngine } from './EmbeddedRunEngine';
export { PgBossRunEngine } from './PgBossRunEngine';
export { FENCE_STEP } from './postgres/RunClaims';
export type { Advance, Claim, RunEngine } from './RunEngine';
