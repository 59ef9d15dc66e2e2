import { createApiRef } from '@backstage/frontend-plugin-api';
import { DeploymentsApi } from '@slipway/plugin-deployments-common';

/** The {@link DeploymentsApi} as the screens use it. */
export const deploymentsApiRef = createApiRef<DeploymentsApi>({
  id: 'plugin.deployments.service',
});
