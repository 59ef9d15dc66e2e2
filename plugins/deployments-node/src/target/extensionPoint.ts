import { createExtensionPoint } from '@backstage/backend-plugin-api';
import { DeploymentTarget } from './DeploymentTarget';

/** Where modules add the kinds of target that they drive. */
export interface DeploymentTargetsExtensionPoint {
  /** @throws Error where the kind was added before. */
  addTarget<P, C>(target: DeploymentTarget<P, C>): void;
}

export const deploymentTargetsExtensionPoint =
  createExtensionPoint<DeploymentTargetsExtensionPoint>({
    id: 'deployments.targets',
  });
