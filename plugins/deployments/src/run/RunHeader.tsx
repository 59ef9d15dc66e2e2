import { makeStyles } from '@material-ui/core/styles';
import { Link } from '@backstage/ui';
import { RiArrowLeftLine } from '@remixicon/react';
import { isFinished, Run } from '@slipway/plugin-deployments-common';
import { useFormat } from '../hooks/useFormat';
import { useNow } from '../hooks/useNow';
import { usePaths } from '../hooks/usePaths';
import { useTranslation } from '../hooks/useTranslation';
import { Moment } from '../shared/Moment';
import { PersonName } from '../shared/PersonName';
import { RelativeTime } from '../shared/RelativeTime';
import { OutcomeMarks } from '../shared/RunMark';
import { ShortcutHelp } from '../shared/ShortcutHelp';
import { RunActions } from './RunActions';
import { QUIET } from '../shared/tones';

const useStyles = makeStyles(
  {
    root: {
      // On a narrow screen it would take up too much of it.
      '@media (min-width: 768px)': { position: 'sticky', top: 0, zIndex: 2 },
      display: 'flex',
      flexWrap: 'wrap',
      alignItems: 'flex-start',
      justifyContent: 'space-between',
      gap: '8px 24px',
      padding: '8px 0 12px',
      background: 'var(--bui-bg-app)',
      borderBottom: '1px solid var(--bui-border-1)',
    },
    back: { display: 'inline-flex', alignItems: 'center', gap: 4 },
    title: {
      margin: '4px 0 6px',
      fontSize: 'var(--bui-font-size-5)',
      fontWeight: 600,
      lineHeight: 1.3,
      overflowWrap: 'anywhere',
    },
    facts: {
      display: 'flex',
      flexWrap: 'wrap',
      alignItems: 'center',
      gap: '4px 10px',
      color: QUIET,
      fontSize: 'var(--bui-font-size-2)',
      fontVariantNumeric: 'tabular-nums',
    },
    actions: {
      display: 'flex',
      flexWrap: 'wrap',
      alignItems: 'flex-start',
      gap: 8,
    },
    reason: {
      flexBasis: '100%',
      margin: 0,
      fontSize: 'var(--bui-font-size-3)',
      overflowWrap: 'anywhere',
    },
  },
  { name: 'SlipwayRunHeader' },
);

/** What this run does, where it stands, how long it takes against how long it usually does; stays in sight. */
export function RunHeader(props: { run: Run; onChanged: (run: Run) => void }) {
  const { run, onChanged } = props;
  const classes = useStyles();
  const paths = usePaths();
  const { t } = useTranslation();
  return (
    <header className={classes.root}>
      <div>
        <Link
          href={paths.environments}
          variant="body-small"
          className={classes.back}
        >
          <RiArrowLeftLine size={13} aria-hidden />
          {t('run.back')}
        </Link>
        <h2 className={classes.title}>
          {t(`operation.sentence.${run.operation}`, {
            version: run.to.version,
            environment: run.environment,
          })}
        </h2>
        <div className={classes.facts}>
          <OutcomeMarks run={run} />
          <span>
            {t('run.askedBy', {
              by: <PersonName by={run.requestedBy} />,
              at: <RelativeTime at={run.createdAt} />,
            })}
          </span>
          <Elapsed run={run} />
          {run.state.phase === 'waiting-for-approval' &&
            run.state.expiresAt && (
              <span>
                {t('approvals.expires', {
                  at: <Moment at={run.state.expiresAt} />,
                })}
              </span>
            )}
        </div>
      </div>
      <div className={classes.actions}>
        <RunActions run={run} onChanged={onChanged} />
        <ShortcutHelp />
      </div>
      {run.reason && <p className={classes.reason}>“{run.reason}”</p>}
    </header>
  );
}

function Elapsed({ run }: { run: Run }) {
  const now = useNow(1_000);
  const format = useFormat();
  const { t } = useTranslation();
  if (run.startedAt === null) {
    return run.usualMs === null ? null : (
      <span>{t('run.usual', { duration: format.duration(run.usualMs) })}</span>
    );
  }
  const end = run.finishedAt ? Date.parse(run.finishedAt) : now;
  const duration = format.duration(
    isFinished(run.state.phase)
      ? end - Date.parse(run.startedAt)
      : Math.floor((end - Date.parse(run.startedAt)) / 1_000) * 1_000,
  );
  return (
    <span>
      {run.usualMs === null
        ? duration
        : t('run.elapsed', {
            duration,
            usual: format.duration(run.usualMs),
          })}
    </span>
  );
}
