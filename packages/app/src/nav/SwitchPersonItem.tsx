import { SidebarItem } from '@backstage/core-components';
import {
  configApiRef,
  identityApiRef,
  useApi,
} from '@backstage/core-plugin-api';
import SwapHorizIcon from '@material-ui/icons/SwapHoriz';

/** Leads back to the choice of people; only where the demo offers one. */
export const SwitchPersonItem = () => {
  const identityApi = useApi(identityApiRef);
  const demo = useApi(configApiRef).has('app.demoPeople');
  return demo ? (
    <SidebarItem
      icon={SwapHorizIcon}
      text="Switch person"
      onClick={() => identityApi.signOut()}
    />
  ) : null;
};
