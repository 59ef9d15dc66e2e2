import { makeStyles } from '@material-ui/core/styles';
import {
  Card,
  CardBody,
  CardHeader,
  Flex,
  Link,
  Skeleton,
  Text,
} from '@backstage/ui';
import { RiLockLine } from '@remixicon/react';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { useEntity } from '@backstage/plugin-catalog-react';
import {
  EnvironmentState,
  serviceRefSchema,
} from '@slipway/plugin-deployments-common';
import { usePathsOf } from '../hooks/usePaths';
import { useService } from '../hooks/useService';
import { useTranslation } from '../hooks/useTranslation';
import { PageError } from '../shared/PageError';
import { HealthMark } from '../shared/HealthMark';
import { RelativeTime } from '../shared/RelativeTime';
import { StatusMark } from '../shared/StatusMark';
import { StaleBanner } from '../shared/StaleBanner';
import { QUIET } from '../shared/tones';
import { ManifestAlert } from './ManifestAlert';
import { OpenEnvironment } from './types';

const useStyles = makeStyles(
  {
    table: {
      width: '100%',
      borderCollapse: 'collapse',
      fontSize: 'var(--bui-font-size-3)',
      '& th, & td': {
        padding: '8px 12px 8px 0',
        textAlign: 'left',
        fontVariantNumeric: 'tabular-nums',
      },
      '& thead th': {
        color: QUIET,
        fontSize: 'var(--bui-font-size-2)',
        fontWeight: 500,
      },
      '& tbody tr': { borderTop: '1px solid var(--bui-border-1)' },
      '& tbody th': { fontWeight: 500 },
    },
    lastKnown: {
      display: 'block',
      color: QUIET,
      fontSize: 'var(--bui-font-size-2)',
    },
  },
  { name: 'SlipwayServiceSummaryCard' },
);

/** Which version runs where, for the entity's overview. */
export function ServiceSummaryCard() {
  const { entity } = useEntity();
  const serviceRef = serviceRefSchema.parse(stringifyEntityRef(entity));
  const classes = useStyles();
  const paths = usePathsOf()(serviceRef);
  const { t } = useTranslation();
  const service = useService(serviceRef);
  const { value, error, reload } = service;
  return (
    <Card>
      <CardHeader>
        <Flex align="baseline" justify="between">
          <Text as="h3" variant="title-x-small">
            {t('card.title')}
          </Text>
          <Link href={paths.environments} variant="body-small">
            {t('card.all')}
          </Link>
        </Flex>
      </CardHeader>
      <CardBody>
        {!value && !error && <Skeleton width="100%" height={96} />}
        {!value && error && (
          <PageError
            title={t('environments.notRead')}
            error={error}
            onRetry={reload}
          />
        )}
        <StaleBanner live={service} onReload={reload} />
        {value && <ManifestAlert manifest={value.manifest} />}
        {value && value.environments.length > 0 && (
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">{t('card.environment')}</th>
                <th scope="col">{t('card.version')}</th>
                <th scope="col">{t('card.health')}</th>
                <th scope="col">{t('card.changed')}</th>
              </tr>
            </thead>
            <tbody>
              {value.environments.map(environment => (
                <SummaryRow key={environment.name} environment={environment} />
              ))}
            </tbody>
          </table>
        )}
      </CardBody>
    </Card>
  );
}

function SummaryRow({ environment }: { environment: EnvironmentState }) {
  const { t } = useTranslation();
  if (environment.access === 'forbidden') {
    return (
      <tr>
        <th scope="row">{environment.name}</th>
        <td colSpan={3}>
          <StatusMark icon={RiLockLine} tone="neutral">
            {t('environment.forbidden')}
          </StatusMark>
        </td>
      </tr>
    );
  }
  const { observed, deployed } = environment;
  return (
    <tr>
      <th scope="row">{environment.name}</th>
      <td>
        <RunningVersion environment={environment} />
      </td>
      <td>
        <HealthMark observed={observed} />
      </td>
      <td>{deployed && <RelativeTime at={deployed.at} />}</td>
    </tr>
  );
}

/** The version as the target says it; where it cannot be asked, what was last put there, and that this is not confirmed. */
function RunningVersion({ environment }: { environment: OpenEnvironment }) {
  const classes = useStyles();
  const { t } = useTranslation();
  const { observed, deployed } = environment;
  if (observed?.reach === 'reached') {
    return <>{observed.release?.version ?? t('environment.nothing')}</>;
  }
  return deployed ? (
    <>
      {deployed.release.version}
      <span className={classes.lastKnown}>{t('environment.lastKnown')}</span>
    </>
  ) : (
    <>{t('environment.unknown')}</>
  );
}
