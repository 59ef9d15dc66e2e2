import { KeyboardEvent, ReactNode } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import { Box, Link } from '@backstage/ui';
import { RiArrowRightLine } from '@remixicon/react';
import { ApprovalRequest } from '@slipway/plugin-deployments-common';
import { nameOf } from '../format';
import { useFormat } from '../hooks/useFormat';
import { useNow } from '../hooks/useNow';
import { usePathsOf } from '../hooks/usePaths';
import { useTranslation } from '../hooks/useTranslation';
import { CopyHash } from '../shared/CopyHash';
import { Moment } from '../shared/Moment';
import { PersonName } from '../shared/PersonName';
import { FindingMarks } from '../shared/FindingMarks';
import { OutcomeMarks } from '../shared/RunMark';
import { QUIET } from '../shared/tones';
import { moveBetweenRows } from './moveBetweenRows';

const useStyles = makeStyles(
  {
    row: {
      display: 'flex',
      flexWrap: 'wrap',
      alignItems: 'center',
      justifyContent: 'space-between',
      gap: '8px 24px',
      padding: '14px 16px',
      marginBottom: 8,
      borderRadius: 'var(--bui-radius-3)',
      '&:focus-visible': {
        outline: '2px solid var(--bui-ring)',
        outlineOffset: 2,
      },
    },
    what: {
      display: 'flex',
      flexWrap: 'wrap',
      alignItems: 'center',
      gap: 6,
      marginBottom: 6,
      fontSize: 'var(--bui-font-size-4)',
      fontWeight: 600,
    },
    facts: {
      display: 'flex',
      flexWrap: 'wrap',
      alignItems: 'center',
      gap: '4px 10px',
      color: QUIET,
      fontSize: 'var(--bui-font-size-2)',
    },
    reason: {
      margin: '6px 0 0',
      fontSize: 'var(--bui-font-size-3)',
      overflowWrap: 'anywhere',
    },
    main: { minWidth: 0, flex: '1 1 320px' },
  },
  { name: 'SlipwayRequestRow' },
);

/** What is asked for, by whom, how long it waits, and how risky its plan is. */
export function RequestRow(props: {
  request: ApprovalRequest;
  action: ReactNode;
  /** Called with Enter on the row itself. */
  onOpen?: () => void;
}) {
  const { run, planHash, findings, waitingSince, may } = props.request;
  const classes = useStyles();
  const format = useFormat();
  const now = useNow(20_000);
  const pathsOf = usePathsOf();
  const { t } = useTranslation();
  const onKeyDown = (event: KeyboardEvent) => {
    moveBetweenRows(event);
    if (event.key === 'Enter' && event.target === event.currentTarget) {
      props.onOpen?.();
    }
  };
  const isWaiting = run.state.phase === 'waiting-for-approval';
  const expiresAt =
    run.state.phase === 'waiting-for-approval' ? run.state.expiresAt : null;
  return (
    <Box
      as="li"
      bg="neutral"
      className={classes.row}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div className={classes.main}>
        <div className={classes.what}>
          <Link href={pathsOf(run.serviceRef).run(run.id)} weight="bold">
            {nameOf(run.serviceRef)}
          </Link>
          <RiArrowRightLine size={16} aria-label={t('approvals.to')} />
          {run.environment} {run.to.version}
        </div>
        <div className={classes.facts}>
          <OutcomeMarks run={run} />
          <FindingMarks {...findings} />
          <span>
            {t(isWaiting ? 'approvals.waits' : 'approvals.asked', {
              by: <PersonName by={run.requestedBy} />,
              duration: format.age(now - Date.parse(waitingSince)),
            })}
          </span>
          {expiresAt && (
            <span>
              {t('approvals.expires', { at: <Moment at={expiresAt} /> })}
            </span>
          )}
          <span>
            {t('plan.hash')} <CopyHash label={t('copy.plan')} hash={planHash} />
          </span>
        </div>
        {run.reason && <p className={classes.reason}>“{run.reason}”</p>}
        {isWaiting && !may.approve.allowed && (
          <p className={classes.reason}>{may.approve.reason}</p>
        )}
      </div>
      {props.action}
    </Box>
  );
}
