import { Outlet } from 'react-router-dom';
import { makeStyles } from '@material-ui/core/styles';
import { Tab, TabList, Tabs } from '@backstage/ui';
import { usePaths } from './hooks/usePaths';
import { useTranslation } from './hooks/useTranslation';
import { ShortcutHelp } from './shared/ShortcutHelp';

const useStyles = makeStyles(
  {
    bar: {
      display: 'flex',
      alignItems: 'center',
      justifyContent: 'space-between',
      gap: 8,
      marginBottom: 16,
    },
  },
  { name: 'SlipwayServiceLayout' },
);

/** What environments and history have in common: the way from one to the other. */
export function ServiceLayout() {
  const classes = useStyles();
  const paths = usePaths();
  const { t } = useTranslation();
  return (
    <>
      <div className={classes.bar}>
        <Tabs>
          <TabList aria-label={t('nav.label')}>
            <Tab id="environments" href={paths.environments}>
              {t('nav.environments')}
            </Tab>
            <Tab id="history" href={paths.history} matchStrategy="prefix">
              {t('nav.history')}
            </Tab>
          </TabList>
        </Tabs>
        <ShortcutHelp />
      </div>
      <Outlet />
    </>
  );
}
