import { makeStyles } from '@material-ui/core/styles';
import { Link } from '@backstage/ui';
import { RiArrowRightLine } from '@remixicon/react';
import { RunSummary } from '@slipway/plugin-deployments-common';
import { useAnnounceChanges } from '../hooks/useAnnounce';
import { usePaths } from '../hooks/usePaths';
import { useTranslation } from '../hooks/useTranslation';
import { PersonName } from '../shared/PersonName';
import { RelativeTime } from '../shared/RelativeTime';
import { describeRunState, RunMark } from '../shared/RunMark';
import { OpenEnvironment } from './types';
import { QUIET } from '../shared/tones';

const useStyles = makeStyles(
  {
    root: {
      margin: 0,
      padding: '12px 0 0',
      listStyle: 'none',
      borderTop: '1px solid var(--bui-border-1)',
      display: 'flex',
      flexDirection: 'column',
      gap: 8,
    },
    run: {
      display: 'flex',
      alignItems: 'center',
      flexWrap: 'wrap',
      gap: '4px 8px',
      fontSize: 'var(--bui-font-size-2)',
      color: QUIET,
    },
    to: { display: 'inline-flex', alignItems: 'center', gap: 4 },
  },
  { name: 'SlipwayEnvironmentActivity' },
);

/** The run under way, those that wait for the environment, and those that wait for a person. */
export function EnvironmentActivity(props: { environment: OpenEnvironment }) {
  const { activeRun, queue, waiting, name } = props.environment;
  const classes = useStyles();
  const { t } = useTranslation();
  useAnnounceChanges(
    activeRun
      ? t('environment.announce', {
          environment: name,
          version: activeRun.to.version,
          state: describeRunState(t, activeRun.state),
        })
      : undefined,
  );
  const runs = [...(activeRun ? [activeRun] : []), ...queue, ...waiting];
  if (runs.length === 0) {
    return null;
  }
  return (
    <ul
      className={classes.root}
      aria-label={t('environment.activity', { environment: name })}
    >
      {runs.map(run => (
        <ActivityRow key={run.id} run={run} />
      ))}
    </ul>
  );
}

function ActivityRow({ run }: { run: RunSummary }) {
  const classes = useStyles();
  const paths = usePaths();
  const { t } = useTranslation();
  return (
    <li className={classes.run}>
      <Link
        href={paths.run(run.id)}
        weight="bold"
        aria-label={t('environment.openRun', { version: run.to.version })}
      >
        <span className={classes.to}>
          <RiArrowRightLine size={14} aria-hidden />
          {run.to.version}
        </span>
      </Link>
      <RunMark state={run.state} />
      <span>
        {t('environment.askedBy', {
          by: <PersonName by={run.requestedBy} />,
          at: <RelativeTime at={run.createdAt} />,
        })}
      </span>
    </li>
  );
}
