import { createApp } from '@backstage/frontend-defaults';
import { navModule } from './nav';
import { signInModule } from './signIn';

/** The portal. Plugins join by being dependencies of this package: `app.packages` is `all`. */
export const app = createApp({ features: [navModule, signInModule] });
