import { makeStyles } from '@material-ui/core/styles';
import { Flex, Link, Skeleton, Text } from '@backstage/ui';
import { useApi } from '@backstage/frontend-plugin-api';
import { ServiceRef } from '@slipway/plugin-deployments-common';
import { deploymentsApiRef } from '../api/deploymentsApiRef';
import { useLive } from '../hooks/useLive';
import { usePaths } from '../hooks/usePaths';
import { useTranslation } from '../hooks/useTranslation';
import { PageError } from '../shared/PageError';
import { PersonName } from '../shared/PersonName';
import { RelativeTime } from '../shared/RelativeTime';
import { OutcomeMarks } from '../shared/RunMark';
import { QUIET } from '../shared/tones';

/** How many runs the environments screen shows. */
const SHOWN = 5;

const ROW_HEIGHT = 40;

const useStyles = makeStyles(
  {
    list: { margin: 0, padding: 0, listStyle: 'none' },
    row: {
      display: 'flex',
      flexWrap: 'wrap',
      alignItems: 'center',
      gap: '4px 12px',
      minHeight: ROW_HEIGHT,
      padding: '4px 0',
      borderTop: '1px solid var(--bui-border-1)',
      fontSize: 'var(--bui-font-size-3)',
    },
    what: { minWidth: 220 },
    marks: { display: 'flex', flexWrap: 'wrap', gap: 6 },
    when: {
      marginLeft: 'auto',
      color: QUIET,
      fontSize: 'var(--bui-font-size-2)',
    },
  },
  { name: 'SlipwayRecentRuns' },
);

/** The last few runs, and the way to all of them. */
export function RecentRuns({ serviceRef }: { serviceRef: ServiceRef }) {
  const api = useApi(deploymentsApiRef);
  const classes = useStyles();
  const paths = usePaths();
  const { t } = useTranslation();
  const { value, error, reload } = useLive({
    key: serviceRef,
    read: signal => api.listRuns(serviceRef, { limit: SHOWN }, { signal }),
    concerns: changed => changed.serviceRef === serviceRef,
  });
  if (!value) {
    return error ? (
      <PageError title={t('history.notRead')} error={error} onRetry={reload} />
    ) : (
      <Skeleton width="100%" height={ROW_HEIGHT * SHOWN} />
    );
  }
  if (value.items.length === 0) {
    return null;
  }
  return (
    <section aria-label={t('recent.title')}>
      <Flex align="baseline" justify="between" mb="2">
        <Text as="h3" variant="body-large" weight="bold">
          {t('recent.title')}
        </Text>
        <Link href={paths.history}>
          {t('recent.all', { count: value.total })}
        </Link>
      </Flex>
      <ul className={classes.list}>
        {value.items.map(run => (
          <li key={run.id} className={classes.row}>
            <Link href={paths.run(run.id)} className={classes.what}>
              {t(`operation.sentence.${run.operation}`, {
                version: run.to.version,
                environment: run.environment,
              })}
            </Link>
            <span className={classes.marks}>
              <OutcomeMarks run={run} />
            </span>
            <span className={classes.when}>
              <PersonName by={run.requestedBy} />,{' '}
              <RelativeTime at={run.createdAt} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
