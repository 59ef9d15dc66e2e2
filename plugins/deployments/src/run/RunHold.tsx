import { useState } from 'react';
import { Hold, Run } from '@slipway/plugin-deployments-common';
import { OpenEnvironment } from '../environments/types';
import { HoldNotice } from '../holds/HoldNotice';
import { ReleaseHoldDialog } from '../holds/ReleaseHoldDialog';
import { useFocusWhenLost } from '../hooks/useFocusWhenLost';
import { useService } from '../hooks/useService';
import { useTranslation } from '../hooks/useTranslation';

type Props = { run: Run; onReleased: () => Promise<unknown> };

/** That a run waits because its environment is held, and the way to release it; nothing where it is not held. */
export function RunHold({ run, onReleased }: Props) {
  const { state } = run;
  const hold = state.phase === 'queued' ? state.hold : null;
  const [asked, setAsked] = useState<Hold>();
  const section = useFocusWhenLost<HTMLDivElement>(asked !== undefined);
  return (
    <div ref={section} tabIndex={-1}>
      {(hold || asked) && (
        <Held
          run={run}
          hold={hold}
          asked={asked}
          onAsk={setAsked}
          onReleased={onReleased}
        />
      )}
    </div>
  );
}

/** Whether the person may release the hold is known of the environment alone. */
function Held(
  props: Props & {
    hold: Hold | null;
    /** The hold whose dialog is open; it stays until it is closed. */
    asked: Hold | undefined;
    onAsk: (hold: Hold | undefined) => void;
  },
) {
  const { run, hold, asked, onAsk, onReleased } = props;
  const { t } = useTranslation();
  const { value: service } = useService(run.serviceRef);
  const environment = service?.environments.find(
    (state): state is OpenEnvironment =>
      state.access === 'open' && state.name === run.environment,
  );
  return (
    <>
      {hold && (
        <HoldNotice
          hold={hold}
          release={environment?.may.release}
          consequence={t('hold.waits')}
          onRelease={() => onAsk(hold)}
        />
      )}
      {asked && environment && (
        <ReleaseHoldDialog
          serviceRef={run.serviceRef}
          environment={environment}
          hold={asked}
          onReleased={onReleased}
          onClose={() => onAsk(undefined)}
        />
      )}
    </>
  );
}
