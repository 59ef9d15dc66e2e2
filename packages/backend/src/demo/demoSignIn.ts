import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import {
  authProvidersExtensionPoint,
  createProxyAuthProviderFactory,
} from '@backstage/plugin-auth-node';
import { assertDemoAllowed } from './assertDemoAllowed';
import { demoAuthenticator } from './demoAuthenticator';

/**
 * Signs people in as whomever they choose, without a password. It is there only where
 * `auth.providers.demo` is configured, and keeps the backend from starting where that is a
 * production configuration, or where anyone but this machine could reach it.
 */
export const demoSignIn = createBackendModule({
  pluginId: 'auth',
  moduleId: 'demo-sign-in',
  register(env) {
    env.registerInit({
      deps: {
        config: coreServices.rootConfig,
        logger: coreServices.logger,
        providers: authProvidersExtensionPoint,
      },
      async init({ config, logger, providers }) {
        if (!config.has('auth.providers.demo')) {
          return;
        }
        assertDemoAllowed({ config, nodeEnv: process.env.NODE_ENV });
        logger.warn('Demo sign-in: whoever opens the portal can be anyone');
        providers.registerProvider({
          providerId: 'demo',
          factory: createProxyAuthProviderFactory({
            authenticator: demoAuthenticator,
            signInResolver: ({ result }, context) =>
              context.signInWithCatalogUser({
                entityRef: { kind: 'User', name: result.person },
              }),
          }),
        });
      },
    });
  },
});
