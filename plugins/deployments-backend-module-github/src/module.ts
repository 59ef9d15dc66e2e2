import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { ScmIntegrations } from '@backstage/integration';
import { deploymentChecksExtensionPoint } from '@slipway/plugin-deployments-node';
import { GithubCheckProvider } from './GithubCheckProvider';

/** Adds the kind of check `github` to the deployments backend. */
export const deploymentsModuleGithub = createBackendModule({
  pluginId: 'deployments',
  moduleId: 'github',
  register(env) {
    env.registerInit({
      deps: {
        config: coreServices.rootConfig,
        checks: deploymentChecksExtensionPoint,
      },
      async init({ config, checks }) {
        checks.addProvider(
          new GithubCheckProvider({
            integrations: ScmIntegrations.fromConfig(config),
          }),
        );
      },
    });
  },
});
