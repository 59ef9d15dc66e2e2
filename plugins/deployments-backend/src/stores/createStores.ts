import { Knex } from 'knex';
import { ApprovalStore } from './ApprovalStore';
import { EnvironmentStore } from './EnvironmentStore';
import { GateStore } from './GateStore';
import { LogStore } from './LogStore';
import { ManifestStore } from './ManifestStore';
import { ObservedStateStore } from './ObservedStateStore';
import { PlanStore } from './PlanStore';
import { ReleaseStore } from './ReleaseStore';
import { RunStore } from './RunStore';
import { ServingStore } from './ServingStore';
import { StepStore } from './StepStore';

/** The stores of all aggregates over one connection or one transaction. */
export type Stores = {
  approvals: ApprovalStore;
  environments: EnvironmentStore;
  gates: GateStore;
  logs: LogStore;
  manifests: ManifestStore;
  observedStates: ObservedStateStore;
  plans: PlanStore;
  releases: ReleaseStore;
  runs: RunStore;
  serving: ServingStore;
  steps: StepStore;
};

/** Makes the stores; within a transaction they have to be made over that transaction. */
export function createStores(db: Knex): Stores {
  return {
    approvals: new ApprovalStore(db),
    environments: new EnvironmentStore(db),
    gates: new GateStore(db),
    logs: new LogStore(db),
    manifests: new ManifestStore(db),
    observedStates: new ObservedStateStore(db),
    plans: new PlanStore(db),
    releases: new ReleaseStore(db),
    runs: new RunStore(db),
    serving: new ServingStore(db),
    steps: new StepStore(db),
  };
}
