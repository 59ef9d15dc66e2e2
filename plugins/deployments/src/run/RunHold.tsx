import { useState } from 'react';
import { Hold, Run } from '@slipway/plugin-deployments-common';
import { HoldNotice } from '../holds/HoldNotice';
import { ReleaseHoldDialog } from '../holds/ReleaseHoldDialog';
import { OpenEnvironment } from '../environments/types';
import { useService } from '../hooks/useService';
import { useTranslation } from '../hooks/useTranslation';

/** That a run waits because its environment is held, and the way to release it. */
export function RunHold(props: {
  run: Run;
  hold: Hold;
  onReleased: () => void;
}) {
  const { run, hold, onReleased } = props;
  const { t } = useTranslation();
  const [asked, setAsked] = useState<Hold>();
  const { value: service } = useService(run.serviceRef);
  const environment = service?.environments.find(
    (state): state is OpenEnvironment =>
      state.access === 'open' && state.name === run.environment,
  );
  return (
    <section>
      <HoldNotice
        hold={hold}
        release={environment?.may.release}
        consequence={t('hold.waits')}
        onRelease={() => setAsked(hold)}
      />
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
