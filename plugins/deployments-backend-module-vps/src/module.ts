import os from 'node:os';
import path from 'node:path';
import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { deploymentTargetsExtensionPoint } from '@slipway/plugin-deployments-node';
import { VpsTarget } from './VpsTarget';

/** Adds the target kind `vps` to the deployments backend. */
export const deploymentsModuleVps = createBackendModule({
  pluginId: 'deployments',
  moduleId: 'vps',
  register(env) {
    env.registerInit({
      deps: {
        config: coreServices.rootConfig,
        targets: deploymentTargetsExtensionPoint,
      },
      async init({ config, targets }) {
        targets.addTarget(
          new VpsTarget({
            workDirectory: path.resolve(
              config.getOptionalString('deployments.workDirectory') ??
                path.join(os.tmpdir(), 'slipway-deployments'),
            ),
          }),
        );
      },
    });
  },
});
