export { ApprovalStore } from './ApprovalStore';
export { createStores, type Stores } from './createStores';
export { EnvironmentStore, type EnvironmentRecord } from './EnvironmentStore';
export {
  findDecisions,
  GateStore,
  type GateDecisionRecord,
  type GateWord,
} from './GateStore';
export { LogStore } from './LogStore';
export { connectDatabase, migrateDatabase } from './connectDatabase';
export { lockedColumns } from './lockedColumns';
export { ManifestStore } from './ManifestStore';
export { ObservedStateStore } from './ObservedStateStore';
export { hasBegun, passStep } from './passStep';
export { PlanStore } from './PlanStore';
export { ReleaseStore } from './ReleaseStore';
export {
  RunStore,
  type RunChanges,
  type RunOutcome,
  type RunRecord,
  parseRun,
} from './RunStore';
export { hasTaken, takeEnvironmentAtOnce } from './takeEnvironmentAtOnce';
export { ServingStore, type Serving } from './ServingStore';
export { StepStore, type NewStep, type StepRecord } from './StepStore';
