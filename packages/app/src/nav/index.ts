import { createFrontendModule } from '@backstage/frontend-plugin-api';
import { PortalSidebar } from './PortalSidebar';

/** The portal's sidebar. */
export const navModule = createFrontendModule({
  pluginId: 'app',
  extensions: [PortalSidebar],
});
