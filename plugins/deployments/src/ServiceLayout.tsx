import { Outlet, useLocation } from 'react-router-dom';
import { makeStyles } from '@material-ui/core/styles';
import { Tab, TabList, TabPanel, Tabs } from '@backstage/ui';
import { usePaths } from './hooks/usePaths';
import { useTranslation } from './hooks/useTranslation';
import { ShortcutHelp } from './shared/ShortcutHelp';

const useStyles = makeStyles(
  {
    // The tabs keep 8 px to their sides: so their words stand flush with the page.
    root: { margin: '-8px -8px 0' },
    bar: {
      display: 'flex',
      alignItems: 'center',
      justifyContent: 'space-between',
      gap: 8,
      padding: '0 8px 8px 0',
    },
  },
  { name: 'SlipwayServiceLayout' },
);

/** What environments and history have in common: the way from one to the other. */
export function ServiceLayout() {
  const classes = useStyles();
  const paths = usePaths();
  const { t } = useTranslation();
  const isHistory = useLocation().pathname.startsWith(paths.history);
  const selected = isHistory ? 'history' : 'environments';
  return (
    <Tabs selectedKey={selected} className={classes.root}>
      <div className={classes.bar}>
        <TabList aria-label={t('nav.label')}>
          <Tab id="environments" href={paths.environments}>
            {t('nav.environments')}
          </Tab>
          <Tab id="history" href={paths.history}>
            {t('nav.history')}
          </Tab>
        </TabList>
        <ShortcutHelp />
      </div>
      <TabPanel id={selected}>
        <Outlet />
      </TabPanel>
    </Tabs>
  );
}
