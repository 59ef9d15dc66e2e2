import { makeStyles } from '@material-ui/core/styles';
import { Accordion, AccordionPanel, AccordionTrigger } from '@backstage/ui';
import { Run, RunId } from '@slipway/plugin-deployments-common';
import { useAnnounceChanges } from '../hooks/useAnnounce';
import { useRun } from '../hooks/useRun';
import { Translate, useTranslation } from '../hooks/useTranslation';
import { RunGates } from '../gates/RunGates';
import { WaitingGates } from '../gates/WaitingGates';
import { HEADER_ROOM } from '../shared/headerRoom';
import { PageError } from '../shared/PageError';
import { describeRunState } from '../shared/RunMark';
import { StaleBanner } from '../shared/StaleBanner';
import { ApprovalPanel } from './ApprovalPanel';
import { ApprovalRecord } from './ApprovalRecord';
import { RunConsole } from './RunConsole';
import { RunHeader } from './RunHeader';
import { RunHold } from './RunHold';
import { RunOutcome } from './RunOutcome';
import { RunPlan } from './RunPlan';
import { RunSkeleton } from './RunSkeleton';
import { RunStuck } from './RunStuck';

/** Between the parts of the screen, pixels. */
const GAP = 16;

const useStyles = makeStyles(
  {
    root: {
      display: 'flex',
      flexDirection: 'column',
      gap: GAP,
      minWidth: 0,
      // What has nothing to say takes no room, and can still take the focus.
      '& > :empty': { marginBottom: -GAP },
      // What takes the focus scrolls to below the header that stays in sight, and not under it.
      '& a, & button, & input, & textarea, & [tabindex]': {
        scrollMarginTop: HEADER_ROOM,
      },
      '& [role="region"] *': { scrollMarginTop: 0 },
    },
  },
  { name: 'SlipwayRunScreen' },
);

/** One run: to follow it while it goes, and to find out what to do when it did not go well. */
export function RunScreen({ runId }: { runId: RunId }) {
  const classes = useStyles();
  const { t } = useTranslation();
  const live = useRun(runId);
  const { value: run, error } = live;
  useAnnounceChanges(run && describeOutcome(t, run));

  if (!run) {
    return error ? (
      <PageError title={t('run.notRead')} error={error} onRetry={live.reload} />
    ) : (
      <RunSkeleton />
    );
  }
  const { state } = run;
  const isGated = state.phase === 'waiting-for-gates';
  return (
    <div className={classes.root}>
      <RunHeader run={run} onChanged={live.put} />
      <StaleBanner live={live} onReload={live.reload} />
      <RunOutcome run={run} />
      <RunStuck run={run} onReleased={live.put} />
      <RunHold run={run} onReleased={live.reload} />
      {isGated && <WaitingGates run={run} onChanged={live.put} />}
      {state.phase === 'waiting-for-approval' ? (
        <ApprovalPanel
          key={run.planHash}
          run={run}
          onDecided={live.put}
          onChanged={live.put}
        />
      ) : (
        <>
          {hasStarted(run) && <RunConsole run={run} />}
          <Accordion defaultExpanded={!hasStarted(run)}>
            <AccordionTrigger title={t('run.plan')} />
            <AccordionPanel>
              <RunPlan planHash={run.planHash} />
            </AccordionPanel>
          </Accordion>
          {!isGated && run.gates.length > 0 && (
            <Accordion>
              <AccordionTrigger title={t('gate.list')} />
              <AccordionPanel>
                <RunGates run={run} onChanged={live.put} />
              </AccordionPanel>
            </Accordion>
          )}
        </>
      )}
      <ApprovalRecord approvals={run.approvals} />
    </div>
  );
}

/** Where a run stands; once it went wrong, also why and what serves now. */
function describeOutcome(t: Translate, run: Run): string {
  const { state, rolledBackTo } = run;
  return [
    describeRunState(t, state, run.gates),
    'problem' in state && state.problem.message,
    rolledBackTo && t('run.rolledBack', { version: rolledBackTo.version }),
  ]
    .filter(Boolean)
    .map(part => String(part).replace(/\.$/, ''))
    .join('. ');
}

function hasStarted(run: Run): boolean {
  return run.startedAt !== null;
}
