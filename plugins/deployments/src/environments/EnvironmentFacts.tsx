import { ReactNode } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import { Alert } from '@backstage/ui';
import { Drift } from '@slipway/plugin-deployments-common';
import { useTranslation } from '../hooks/useTranslation';
import { DriftMark } from '../shared/DriftMark';
import { HealthMark } from '../shared/HealthMark';
import { PersonName } from '../shared/PersonName';
import { RelativeTime } from '../shared/RelativeTime';
import { VersionMark } from '../shared/VersionMark';
import { AheadLine } from './AheadLine';
import { ProcessList } from './ProcessList';
import { Promotable } from './promotionNeighbours';
import { OpenEnvironment } from './types';
import { QUIET } from '../shared/tones';

const useStyles = makeStyles(
  {
    root: {
      display: 'flex',
      flexDirection: 'column',
      gap: 12,
      // What can be done stands at the foot, level with that of the card beside it.
      flexGrow: 1,
    },
    none: {
      fontSize: 'var(--bui-font-size-5)',
      lineHeight: '37px',
      color: QUIET,
    },
    quiet: {
      margin: '2px 0 0',
      color: QUIET,
      fontSize: 'var(--bui-font-size-2)',
      lineHeight: 1.5,
    },
    marks: { display: 'flex', flexWrap: 'wrap', gap: 6 },
    details: {
      margin: 0,
      padding: 0,
      listStyle: 'none',
      fontSize: 'var(--bui-font-size-2)',
      lineHeight: 1.5,
      overflowWrap: 'anywhere',
    },
  },
  { name: 'SlipwayEnvironmentFacts' },
);

/** What runs: the version as the target says it, since when and by whom, its health, drift and processes. */
export function EnvironmentFacts(props: {
  environment: OpenEnvironment;
  /** What could be promoted into it. */
  promotable: Promotable | undefined;
  /** What keeps runs from it. */
  children: ReactNode;
}) {
  const { environment } = props;
  const { observed, drift } = environment;
  const classes = useStyles();
  const healthReason =
    observed?.reach === 'reached' ? observed.healthReason : null;
  return (
    <div className={classes.root}>
      <div>
        <RunningVersion environment={environment} />
        <Since environment={environment} promotable={props.promotable} />
      </div>
      <div className={classes.marks}>
        <HealthMark observed={observed} />
        <DriftMark drift={drift} observed={observed} />
      </div>
      {props.children}
      {observed?.reach === 'unreachable' && (
        <Alert
          status="warning"
          title={observed.message}
          description={observed.mend}
        />
      )}
      {(healthReason || drift.length > 0) && (
        <ul className={classes.details}>
          {healthReason && <li>{healthReason}</li>}
          {drift.map(difference => (
            <li key={`${difference.what} ${difference.expected}`}>
              <DriftText drift={difference} />
            </li>
          ))}
        </ul>
      )}
      {observed?.reach === 'reached' && observed.release && (
        <ProcessList
          environment={environment.name}
          processes={observed.processes}
          desired={observed.desiredProcesses}
        />
      )}
      <AheadLine ahead={environment.ahead} />
    </div>
  );
}

function RunningVersion({ environment }: { environment: OpenEnvironment }) {
  const classes = useStyles();
  const { t } = useTranslation();
  const { observed, deployed } = environment;
  if (observed?.reach === 'reached') {
    return observed.release ? (
      <VersionMark
        size="large"
        version={observed.release.version}
        commitId={observed.release.commitId}
      />
    ) : (
      <span className={classes.none}>{t('environment.nothing')}</span>
    );
  }
  return deployed ? (
    <VersionMark
      size="large"
      version={deployed.release.version}
      commitId={deployed.release.commitId}
    />
  ) : (
    <span className={classes.none}>{t('environment.unknown')}</span>
  );
}

/** How and when it came there; where the target cannot be asked, that this is what was last known. */
function Since(props: {
  environment: OpenEnvironment;
  promotable: Promotable | undefined;
}) {
  const { environment, promotable } = props;
  const classes = useStyles();
  const { t } = useTranslation();
  const { observed, deployed } = environment;
  const isKnown = observed?.reach === 'reached';
  if (isKnown && observed.release === null) {
    return (
      <p className={classes.quiet}>
        {promotable
          ? t('environment.nothingYet', {
              environment: environment.name,
              ...promotable,
            })
          : t('environment.neverDeployed')}
      </p>
    );
  }
  return (
    <p className={classes.quiet}>
      {deployed
        ? t(`environment.since.${deployed.operation}`, {
            at: <RelativeTime at={deployed.at} />,
            by: <PersonName by={deployed.by} />,
          })
        : t('environment.notByUs')}
      {!isKnown && deployed && ` ${t('environment.lastKnown')}`}
    </p>
  );
}

function DriftText({ drift }: { drift: Drift }) {
  const { t } = useTranslation();
  return (
    <>
      {t(`drift.what.${drift.what}`, {
        expected: drift.expected,
        actual: drift.actual,
      })}
    </>
  );
}
