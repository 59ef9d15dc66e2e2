/**
 * What carries runs out, outside of a backend: for programs that measure it and put it to the test. Nothing of it is
 * stable.
 *
 * @packageDocumentation
 */
export {
  FENCE_STEP,
  PgBossRunEngine,
  type Advance,
  type Claim,
} from '../engine';
export { Observer } from '../observation';
export { digestEnvironment, hashPlan } from '../plans/hashPlan';
export {
  advanceRun,
  ChangeFeed,
  RunController,
  type RunContext,
  type RunDependencies,
} from '../runs';
export { createStores, migrateDatabase, type Stores } from '../stores';
export { Deferred } from './Deferred';
export { TcpProxy } from './TcpProxy';
