import { makeStyles } from '@material-ui/core/styles';
import { Link } from '@backstage/ui';
import { RiAlarmWarningLine, RiLockLine } from '@remixicon/react';
import { Availability, Stuck } from '@slipway/plugin-deployments-common';
import { usePaths } from '../hooks/usePaths';
import { useTranslation } from '../hooks/useTranslation';
import { ConfirmButton } from '../shared/ConfirmButton';
import { PersonName } from '../shared/PersonName';
import { RelativeTime } from '../shared/RelativeTime';
import { StatusMark } from '../shared/StatusMark';
import { TONES } from '../shared/tones';

const useStyles = makeStyles(
  {
    root: {
      display: 'flex',
      flexDirection: 'column',
      gap: 6,
      padding: '10px 12px',
      border: '1px solid',
      borderColor: TONES.danger.borderColor,
      borderRadius: 'var(--bui-radius-3)',
      fontSize: 'var(--bui-font-size-3)',
      lineHeight: 1.45,
      overflowWrap: 'anywhere',
      '& p': { margin: 0 },
    },
    what: {
      display: 'flex',
      flexWrap: 'wrap',
      alignItems: 'center',
      gap: '4px 8px',
    },
    // As tall as the button that takes its place, so that nothing moves.
    action: { minHeight: 32, display: 'flex', alignItems: 'center', gap: 6 },
  },
  { name: 'SlipwayStuckNotice' },
);

/** Who keeps an environment though nothing happens any more, why, since when, and what to do about it. */
export function StuckNotice(props: {
  stuck: Stuck;
  /** Whether the person may release the environment; undefined while that is not known. */
  release: Availability | undefined;
  /** Whether to lead to the run; not on its own page. */
  isLinked?: boolean;
  onRelease: () => void;
}) {
  const { stuck, release, isLinked, onRelease } = props;
  const classes = useStyles();
  const paths = usePaths();
  const { t } = useTranslation();
  return (
    <section className={classes.root} aria-label={t('stuck.label')}>
      <div className={classes.what}>
        <StatusMark icon={RiAlarmWarningLine} tone="danger">
          {t('stuck.mark')}
        </StatusMark>
        <span>
          {t('stuck.who', {
            by: <PersonName by={stuck.requestedBy} />,
            at: <RelativeTime at={stuck.since} />,
          })}
        </span>
        {isLinked && (
          <Link href={paths.run(stuck.runId)} variant="body-medium">
            {t('stuck.open')}
          </Link>
        )}
      </div>
      <p>{stuck.why}</p>
      <p>{stuck.mend}</p>
      <div className={classes.action}>
        {release?.allowed && (
          <ConfirmButton
            size="small"
            variant="secondary"
            destructive
            onPress={onRelease}
          >
            {t('stuck.release.action')}
          </ConfirmButton>
        )}
        {release && !release.allowed && (
          <>
            <RiLockLine size={13} aria-hidden />
            <span>{release.reason}</span>
          </>
        )}
      </div>
    </section>
  );
}
