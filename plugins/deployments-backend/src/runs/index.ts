export { advanceRun } from './advanceRun';
export type { RunContext } from './RunContext';
export { ChangeFeed, type ChangeListener } from './ChangeFeed';
export { EnvironmentController } from './EnvironmentController';
export { findStuck } from './findStuck';
export { describeApprovalGates } from './describeApprovalGates';
export { GateController, isBeforeStart } from './GateController';
export { isCounting, judgeApprovals } from './judgeApprovals';
export {
  describeRun,
  describeDeployed,
  describeRuns,
  type RunView,
} from './describeRuns';
export { listBlockingFindings } from './listBlockingFindings';
export { needsBuild } from './needsBuild';
export { RunController, type Decision } from './RunController';
export type { Change, RunDependencies } from './types';
export { findUsualDurations, type UsualDurations } from './usualDurations';
