import { useState } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import { Hold, Run } from '@slipway/plugin-deployments-common';
import { HoldNotice } from '../holds/HoldNotice';
import { ReleaseHoldDialog } from '../holds/ReleaseHoldDialog';
import { OpenEnvironment } from '../environments/types';
import { useService } from '../hooks/useService';
import { useTranslation } from '../hooks/useTranslation';

const useStyles = makeStyles(
  {
    root: { display: 'flex', flexDirection: 'column', gap: 8 },
    why: { margin: 0, fontSize: 'var(--bui-font-size-3)' },
  },
  { name: 'SlipwayRunHold' },
);

/** That a run waits because its environment is held, and the way to release it. */
export function RunHold(props: {
  run: Run;
  hold: Hold;
  onReleased: () => void;
}) {
  const { run, hold, onReleased } = props;
  const classes = useStyles();
  const { t } = useTranslation();
  const [asked, setAsked] = useState<Hold>();
  const { value: service } = useService(run.serviceRef);
  const environment = service?.environments.find(
    (state): state is OpenEnvironment =>
      state.access === 'open' && state.name === run.environment,
  );
  return (
    <section className={classes.root}>
      <HoldNotice
        hold={hold}
        release={environment?.may.release}
        onRelease={() => setAsked(hold)}
      />
      <p className={classes.why}>{t('hold.waits')}</p>
      {asked && environment && (
        <ReleaseHoldDialog
          serviceRef={run.serviceRef}
          environment={environment}
          hold={asked}
          onReleased={onReleased}
          onClose={() => setAsked(undefined)}
        />
      )}
    </section>
  );
}
