import { createExtensionPoint } from '@backstage/backend-plugin-api';
import { CheckProvider } from './CheckProvider';

/** Where modules add the kinds of check that they ask. */
export interface DeploymentChecksExtensionPoint {
  /** @throws Error where the kind was added before. */
  addProvider<P>(provider: CheckProvider<P>): void;
}

export const deploymentChecksExtensionPoint =
  createExtensionPoint<DeploymentChecksExtensionPoint>({
    id: 'deployments.checks',
  });
