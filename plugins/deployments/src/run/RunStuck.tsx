import { useState } from 'react';
import { Run } from '@slipway/plugin-deployments-common';
import { ReleaseRunDialog } from '../holds/ReleaseRunDialog';
import { StuckNotice } from '../holds/StuckNotice';
import { useFocusWhenLost } from '../hooks/useFocusWhenLost';

/** That a run is stuck, and the way to free its environment. */
export function RunStuck(props: { run: Run; onReleased: (run: Run) => void }) {
  const { run, onReleased } = props;
  const [asked, setAsked] = useState<Run>();
  const section = useFocusWhenLost<HTMLDivElement>(asked !== undefined);
  return (
    <div ref={section} tabIndex={-1}>
      {run.stuck && (
        <StuckNotice
          stuck={run.stuck}
          release={run.may.release}
          onRelease={() => setAsked(run)}
        />
      )}
      {asked && (
        <ReleaseRunDialog
          run={asked}
          onReleased={onReleased}
          onClose={() => setAsked(undefined)}
        />
      )}
    </div>
  );
}
