import { useSearchParams } from 'react-router-dom';
import { makeStyles } from '@material-ui/core/styles';
import { Container, Tab, TabList, TabPanel, Tabs } from '@backstage/ui';
import {
  ApprovalScope,
  approvalScopeSchema,
} from '@slipway/plugin-deployments-common';
import { AnnouncerProvider } from '../hooks/useAnnounce';
import { useApprovals } from '../hooks/useApprovals';
import { ShortcutsProvider } from '../hooks/useShortcuts';
import { useFormat } from '../hooks/useFormat';
import { useTranslation } from '../hooks/useTranslation';
import { PageError } from '../shared/PageError';
import { ShortcutHelp } from '../shared/ShortcutHelp';
import { StaleBanner } from '../shared/StaleBanner';
import { ApprovalRequests } from './ApprovalRequests';
import { ApprovalsSkeleton } from './ApprovalsSkeleton';

const useStyles = makeStyles(
  {
    root: { margin: '-8px -8px 0' },
    bar: {
      display: 'flex',
      alignItems: 'center',
      justifyContent: 'space-between',
      gap: 8,
      padding: '0 8px 8px 0',
    },
  },
  { name: 'SlipwayApprovalsScreen' },
);

/** What waits on me, what I asked for, and what was decided. */
export function ApprovalsScreen() {
  return (
    <AnnouncerProvider>
      <ShortcutsProvider>
        <Container py="4">
          <Approvals />
        </Container>
      </ShortcutsProvider>
    </AnnouncerProvider>
  );
}

function Approvals() {
  const { t } = useTranslation();
  const classes = useStyles();
  const format = useFormat();
  const [params, setParams] = useSearchParams();
  const scope = approvalScopeSchema.catch('mine').parse(params.get('show'));
  const approvals = useApprovals(scope);
  const { value, error, reload } = approvals;
  return (
    <Tabs
      className={classes.root}
      selectedKey={scope}
      onSelectionChange={key =>
        setParams({ show: String(key) }, { replace: true })
      }
    >
      <div className={classes.bar}>
        <TabList aria-label={t('approvals.tabs')}>
          {approvalScopeSchema.options.map((tab: ApprovalScope) => (
            <Tab key={tab} id={tab}>
              {t(`approvals.scope.${tab}`)}
              {value && ` ${format.number(value.counts[tab])}`}
            </Tab>
          ))}
        </TabList>
        <ShortcutHelp />
      </div>
      <TabPanel key={scope} id={scope}>
        <StaleBanner live={approvals} onReload={reload} />
        {value && (
          <ApprovalRequests
            scope={scope}
            requests={value.items}
            onDecided={reload}
          />
        )}
        {!value && !error && <ApprovalsSkeleton />}
        {!value && error && (
          <PageError
            title={t('approvals.notRead')}
            error={error}
            onRetry={reload}
          />
        )}
      </TabPanel>
    </Tabs>
  );
}
