import { useDeferredValue, useMemo, useRef, useState } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import { Box } from '@backstage/ui';
import { isFinished, Run, RunStep } from '@slipway/plugin-deployments-common';
import { useShortcuts } from '../hooks/useShortcuts';
import { useTranslation } from '../hooks/useTranslation';
import { ErrorAlert } from '../shared/ErrorAlert';
import { LogPane } from './LogPane';
import { LogToolbar } from './LogToolbar';
import { findFirstError, searchLog } from './searchLog';
import { StepList } from './StepList';
import { useRunLog } from './useRunLog';
import { useRunView } from './useRunView';

const useStyles = makeStyles(
  {
    root: {
      display: 'grid',
      gridTemplateColumns: 'minmax(0, 1fr)',
      gap: 16,
      alignItems: 'start',
      '@media (min-width: 1024px)': {
        gridTemplateColumns: 'minmax(220px, 280px) minmax(0, 1fr)',
      },
    },
    log: {
      minWidth: 0,
      borderRadius: 'var(--bui-radius-3)',
      overflow: 'hidden',
    },
  },
  { name: 'SlipwayRunConsole' },
);

/** The steps, and the whole log to read, search and follow. */
export function RunConsole({ run }: { run: Run }) {
  const classes = useStyles();
  const { t } = useTranslation();
  const log = useRunLog(run.id);
  const [view, changeView] = useRunView();
  const [isFollowing, setFollowing] = useState(
    () =>
      !isFinished(run.state.phase) && view.line === null && view.step === null,
  );
  const search = useRef<HTMLInputElement>(null);

  const markedStep = run.steps.find(step => step.id === view.step);
  const firstLineOf = (step: RunStep | undefined) =>
    log.lines.find(line => line.step === step?.index)?.line ?? null;

  const query = useDeferredValue(view.query);
  const matches = useMemo(
    () => searchLog(log.lines, query),
    [log.lines, query],
  );
  const atMatch = matches.findIndex(
    index => log.lines[index]?.line === view.line,
  );

  const showLine = (line: number | undefined) => {
    if (line !== undefined) {
      setFollowing(false);
      changeView({ line });
    }
  };
  const showMatch = (offset: 1 | -1) => {
    if (matches.length > 0) {
      const from = atMatch === -1 && offset === -1 ? 0 : atMatch;
      const to = (from + offset + matches.length) % matches.length;
      showLine(log.lines[matches[to]]?.line);
    }
  };
  const showFirstError = () =>
    showLine(findFirstError(log.lines, run.steps)?.line);
  const showStep = (step: RunStep) => {
    setFollowing(false);
    changeView({ step: step.id, line: null });
  };

  useShortcuts([
    { key: '/', label: t('keys.search'), run: () => search.current?.focus() },
    { key: 'n', label: t('keys.next'), run: () => showMatch(1) },
    { key: 'N', label: t('keys.previous'), run: () => showMatch(-1) },
    { key: 'e', label: t('keys.firstError'), run: showFirstError },
    { key: 'f', label: t('keys.follow'), run: () => setFollowing(on => !on) },
  ]);

  return (
    <div className={classes.root} id="log">
      <StepList steps={run.steps} marked={view.step} onChoose={showStep} />
      <Box bg="neutral" className={classes.log}>
        <LogToolbar
          runId={run.id}
          lines={log.lines}
          searchRef={search}
          query={view.query}
          onQuery={value => changeView({ query: value })}
          matchNumber={atMatch + 1}
          matchCount={matches.length}
          onMatch={showMatch}
          onFirstError={showFirstError}
          isFollowing={isFollowing}
          onFollow={setFollowing}
        />
        {log.error && (
          <ErrorAlert
            title={t('log.notRead')}
            error={log.error}
            onRetry={log.reload}
          />
        )}
        <LogPane
          lines={log.lines}
          isComplete={log.isComplete}
          query={query}
          markedLine={view.line ?? firstLineOf(markedStep)}
          onMark={showLine}
          isFollowing={isFollowing}
          onFollow={setFollowing}
        />
      </Box>
    </div>
  );
}
