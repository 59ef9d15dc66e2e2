import {
  PlanContext,
  Step,
  StepContext,
  TargetContext,
  TargetEnvironment,
} from '@slipway/plugin-deployments-node';
import { ArchiveStore } from './archive/ArchiveStore';
import { VpsConnection } from './connection';
import { Hosts } from './host';
import { VpsParameters } from './parameters';

export type VpsEnvironment = TargetEnvironment<VpsParameters, VpsConnection>;
export type VpsTargetContext = TargetContext<VpsParameters, VpsConnection>;
export type VpsPlanContext = PlanContext<VpsParameters, VpsConnection>;
export type VpsStepContext = StepContext<VpsParameters, VpsConnection>;
export type VpsStep = Step<VpsParameters, VpsConnection>;

/** What the steps work with on the portal's side. */
export type VpsTools = {
  hosts: Hosts;
  archives: ArchiveStore;
  /** Absolute: checkouts are built and archives unpacked below it, each in a directory that goes away again. */
  workspaces: string;
};
