import { ReactNode } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import { Link } from '@backstage/ui';
import { RiExternalLinkLine } from '@remixicon/react';
import { GateStatus, isPassed } from '@slipway/plugin-deployments-common';
import { useTranslation } from '../hooks/useTranslation';
import { Moment } from '../shared/Moment';
import { PersonName } from '../shared/PersonName';
import { RelativeTime } from '../shared/RelativeTime';
import { StatusMark } from '../shared/StatusMark';
import { QUIET } from '../shared/tones';
import { describeGate, lookOfGate } from './gateLooks';

const useStyles = makeStyles(
  {
    row: {
      display: 'grid',
      gridTemplateColumns: 'minmax(0, 1fr)',
      gap: '6px 16px',
      alignItems: 'start',
      padding: '10px 0',
      fontSize: 'var(--bui-font-size-3)',
      lineHeight: 1.45,
      overflowWrap: 'anywhere',
      '& + &': { borderTop: '1px solid var(--bui-border-1)' },
      '@media (min-width: 768px)': {
        gridTemplateColumns: '196px minmax(0, 1fr) auto',
      },
    },
    title: {
      display: 'flex',
      flexWrap: 'wrap',
      alignItems: 'center',
      gap: '2px 8px',
      minHeight: 24,
      fontWeight: 600,
    },
    kind: {
      color: QUIET,
      fontSize: 'var(--bui-font-size-2)',
      fontWeight: 400,
    },
    reason: { margin: 0 },
    facts: {
      display: 'flex',
      flexWrap: 'wrap',
      gap: '2px 12px',
      color: QUIET,
      fontSize: 'var(--bui-font-size-2)',
    },
    link: { display: 'inline-flex', alignItems: 'center', gap: 4 },
    action: { maxWidth: 320 },
  },
  { name: 'SlipwayGateRow' },
);

/** One gate: how it stands, why, what to look at to believe it, and since when that is known. */
export function GateRow(props: {
  gate: GateStatus;
  /** What stands in place of the title, to tick it. */
  tick?: ReactNode;
  action?: ReactNode;
  /** What follows from how it stands, a sentence. */
  consequence?: string;
  /** Whether to say when it was looked at; not where that is said of all of them. */
  isDated?: boolean;
}) {
  const { gate, tick, action, consequence, isDated = true } = props;
  const classes = useStyles();
  const { t } = useTranslation();
  return (
    <li className={classes.row} aria-label={gate.title}>
      <span>
        <StatusMark {...lookOfGate(gate)}>{describeGate(t, gate)}</StatusMark>
      </span>
      <div>
        <div className={classes.title}>
          {tick ?? gate.title}
          <span className={classes.kind}>{t(`gate.kind.${gate.kind}`)}</span>
        </div>
        {gate.decision?.what !== 'tick' && (
          <p className={classes.reason}>
            {gate.reason}
            {consequence && ` ${consequence}`}
          </p>
        )}
        <GateFacts gate={gate} isDated={isDated} />
      </div>
      {action && <div className={classes.action}>{action}</div>}
    </li>
  );
}

function GateFacts(props: { gate: GateStatus; isDated: boolean }) {
  const { gate, isDated } = props;
  const classes = useStyles();
  const { t } = useTranslation();
  const { decision, evidence, checkedAt, until, kind, state } = gate;
  const isTimed = kind === 'freeze' || kind === 'soak';
  return (
    <div className={classes.facts}>
      {decision && (
        <span>
          {t(`gate.decided.${decision.what}`, {
            by: <PersonName by={decision.by} />,
            at: <RelativeTime at={decision.at} />,
          })}
        </span>
      )}
      {decision?.expiresAt && (
        <span>
          {t('gate.counts', { until: <Moment at={decision.expiresAt} /> })}
        </span>
      )}
      {until && !isPassed(state) && !isTimed && (
        <span>
          {t(kind === 'approval' ? 'gate.expires' : 'gate.opens', {
            at: <Moment at={until} />,
          })}
        </span>
      )}
      {evidence && <Evidence {...evidence} />}
      {isDated && decision?.what !== 'tick' && (
        <span>
          {checkedAt
            ? t('gate.checked', { at: <RelativeTime at={checkedAt} /> })
            : t('gate.unchecked')}
        </span>
      )}
    </div>
  );
}

/** What one looks at; a check of another system gives an address, which must not be a script. */
function Evidence({ text, url }: { text: string; url: string | null }) {
  const classes = useStyles();
  return url && /^https?:\/\//i.test(url) ? (
    <Link
      href={url}
      target="_blank"
      rel="noopener"
      variant="body-small"
      className={classes.link}
    >
      {text}
      <RiExternalLinkLine size={12} aria-hidden />
    </Link>
  ) : (
    <span>{text}</span>
  );
}
