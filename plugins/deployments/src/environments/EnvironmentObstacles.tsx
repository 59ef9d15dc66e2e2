import { makeStyles } from '@material-ui/core/styles';
import { RiSnowflakeLine } from '@remixicon/react';
import { ActiveFreeze, Stuck } from '@slipway/plugin-deployments-common';
import { HoldNotice } from '../holds/HoldNotice';
import { StuckNotice } from '../holds/StuckNotice';
import { useRun } from '../hooks/useRun';
import { useTranslation } from '../hooks/useTranslation';
import { Moment } from '../shared/Moment';
import { StatusMark } from '../shared/StatusMark';
import { Question } from './EnvironmentQuestion';
import { OpenEnvironment } from './types';

const useStyles = makeStyles(
  {
    root: { display: 'flex', flexDirection: 'column', gap: 12 },
    freeze: {
      display: 'flex',
      flexWrap: 'wrap',
      alignItems: 'center',
      gap: '4px 8px',
      fontSize: 'var(--bui-font-size-3)',
      lineHeight: 1.45,
      overflowWrap: 'anywhere',
    },
  },
  { name: 'SlipwayEnvironmentObstacles' },
);

/** What keeps runs from an environment: a run that is stuck in it, freezes, a hold. */
export function EnvironmentObstacles(props: {
  environment: OpenEnvironment;
  onAsk: (question: Question) => void;
}) {
  const { environment, onAsk } = props;
  const { stuck, freezes, hold, may } = environment;
  const classes = useStyles();
  if (!stuck && !hold && freezes.length === 0) {
    return null;
  }
  return (
    <div className={classes.root}>
      {stuck && <StuckRun stuck={stuck} onAsk={onAsk} />}
      {freezes.map(freeze => (
        <FreezeNotice key={freeze.name} freeze={freeze} />
      ))}
      {hold && (
        <HoldNotice
          hold={hold}
          release={may.release}
          onRelease={() => onAsk({ about: 'release-hold', hold })}
        />
      )}
    </div>
  );
}

/** Whether the person may release the environment is known of the run alone. */
function StuckRun(props: {
  stuck: Stuck;
  onAsk: (question: Question) => void;
}) {
  const { stuck, onAsk } = props;
  const { value: run } = useRun(stuck.runId);
  return (
    <StuckNotice
      stuck={stuck}
      release={run?.may.release}
      isLinked
      onRelease={() => run && onAsk({ about: 'release-run', run })}
    />
  );
}

function FreezeNotice({ freeze }: { freeze: ActiveFreeze }) {
  const { name, reason, until } = freeze;
  const classes = useStyles();
  const { t } = useTranslation();
  return (
    <div className={classes.freeze}>
      <StatusMark icon={RiSnowflakeLine} tone="info">
        {t('gate.until.freeze', { until: <Moment at={until} /> })}
      </StatusMark>
      <span>{reason || name}</span>
    </div>
  );
}
