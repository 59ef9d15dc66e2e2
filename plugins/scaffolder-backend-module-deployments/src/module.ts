import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { scaffolderActionsExtensionPoint } from '@backstage/plugin-scaffolder-node';
import { createPlanAction } from './actions/createPlanAction';
import {
  createDeployAction,
  createPromoteAction,
  createRollbackAction,
} from './actions/createRunActions';
import { createWaitAction } from './actions/createWaitAction';
import { createDeploymentsConnector } from './createDeploymentsConnector';

/** Adds the actions `deployments:plan`, `:deploy`, `:promote`, `:rollback` and `:wait` to the scaffolder. */
export const scaffolderModuleDeployments = createBackendModule({
  pluginId: 'scaffolder',
  moduleId: 'deployments',
  register(env) {
    env.registerInit({
      deps: {
        scaffolder: scaffolderActionsExtensionPoint,
        auth: coreServices.auth,
        discovery: coreServices.discovery,
      },
      async init({ scaffolder, auth, discovery }) {
        const connect = createDeploymentsConnector({ auth, discovery });
        scaffolder.addActions(
          createPlanAction({ connect }),
          createDeployAction({ connect }),
          createPromoteAction({ connect }),
          createRollbackAction({ connect }),
          createWaitAction({ connect }),
        );
      },
    });
  },
});
