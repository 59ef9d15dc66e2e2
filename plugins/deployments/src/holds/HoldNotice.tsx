import { makeStyles } from '@material-ui/core/styles';
import { Link } from '@backstage/ui';
import { RiPauseCircleLine } from '@remixicon/react';
import { Availability, Hold } from '@slipway/plugin-deployments-common';
import { usePaths } from '../hooks/usePaths';
import { useTranslation } from '../hooks/useTranslation';
import { ActionBar } from '../shared/ActionBar';
import { PersonName } from '../shared/PersonName';
import { RelativeTime } from '../shared/RelativeTime';
import { StatusMark } from '../shared/StatusMark';
import { QUIET } from '../shared/tones';

const useStyles = makeStyles(
  {
    root: {
      display: 'flex',
      flexDirection: 'column',
      gap: 6,
      fontSize: 'var(--bui-font-size-3)',
      lineHeight: 1.45,
      overflowWrap: 'anywhere',
    },
    what: {
      display: 'flex',
      flexWrap: 'wrap',
      alignItems: 'center',
      gap: '4px 8px',
    },
    quiet: { color: QUIET, fontSize: 'var(--bui-font-size-2)' },
  },
  { name: 'SlipwayHoldNotice' },
);

/** Who holds an environment, why and since when, and the way to release it. */
export function HoldNotice(props: {
  hold: Hold;
  /** Whether the person may release it; undefined while that is not known. */
  release: Availability | undefined;
  /** What follows from it, a sentence. */
  consequence?: string;
  onRelease: () => void;
}) {
  const { hold, release, consequence, onRelease } = props;
  const classes = useStyles();
  const paths = usePaths();
  const { t } = useTranslation();
  return (
    <div className={classes.root}>
      <div className={classes.what}>
        <StatusMark icon={RiPauseCircleLine} tone="warning">
          {t('state.heldBy', { by: <PersonName by={hold.by} /> })}
        </StatusMark>
        <span>{hold.reason}</span>
        <span className={classes.quiet}>
          <RelativeTime at={hold.at} />
          {hold.runId && (
            <>
              {', '}
              <Link href={paths.run(hold.runId)} variant="body-small">
                {t('hold.run')}
              </Link>
            </>
          )}
        </span>
      </div>
      {consequence && <span>{consequence}</span>}
      {release && (
        <ActionBar
          actions={[
            {
              label: t('hold.release.action'),
              availability: release,
              onPress: onRelease,
            },
          ]}
        />
      )}
    </div>
  );
}
