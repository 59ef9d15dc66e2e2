import { createBackend } from '@backstage/backend-defaults';
import { deploymentsRootHealthServiceFactory } from '@slipway/plugin-deployments-backend';
import { demoSignIn } from './demo';
import { portalPolicy } from './policy';

const backend = createBackend();

backend.add(import('@backstage/plugin-app-backend'));
backend.add(import('@backstage/plugin-auth-backend'));
backend.add(import('@backstage/plugin-catalog-backend'));
backend.add(
  import('@backstage/plugin-catalog-backend-module-scaffolder-entity-model'),
);
backend.add(import('@backstage/plugin-catalog-backend-module-logs'));
backend.add(import('@backstage/plugin-events-backend'));
backend.add(import('@backstage/plugin-notifications-backend'));
backend.add(import('@backstage/plugin-permission-backend'));
backend.add(import('@backstage/plugin-scaffolder-backend'));
backend.add(import('@backstage/plugin-signals-backend'));
backend.add(import('@backstage/plugin-user-settings-backend'));

backend.add(import('@slipway/plugin-deployments-backend'));
backend.add(import('@slipway/plugin-deployments-backend-module-github'));
backend.add(import('@slipway/plugin-deployments-backend-module-vps'));
backend.add(import('@slipway/plugin-scaffolder-backend-module-deployments'));

backend.add(deploymentsRootHealthServiceFactory);
backend.add(demoSignIn);
backend.add(portalPolicy);

backend.start();
