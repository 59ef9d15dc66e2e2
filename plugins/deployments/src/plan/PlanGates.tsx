import { makeStyles } from '@material-ui/core/styles';
import {
  GateStatus,
  isPassed,
  PlanContent,
} from '@slipway/plugin-deployments-common';
import { nameOf } from '../format';
import { describeHolding } from '../gates/describeHolding';
import { GateList } from '../gates/GateList';
import { GateRow } from '../gates/GateRow';
import { useFormat } from '../hooks/useFormat';
import { Translate, useTranslation } from '../hooks/useTranslation';
import { StatusMark } from '../shared/StatusMark';
import { QUIET } from '../shared/tones';

type Approvals = PlanContent['approvals'];

const useStyles = makeStyles(
  {
    rules: {
      margin: '0 0 4px',
      padding: 0,
      listStyle: 'none',
      fontSize: 'var(--bui-font-size-3)',
      lineHeight: 1.6,
    },
    none: { margin: 0 },
    passed: {
      margin: '4px 0',
      color: QUIET,
      fontSize: 'var(--bui-font-size-2)',
      lineHeight: 1.5,
    },
  },
  { name: 'SlipwayPlanGates' },
);

/** What a run has to pass before it starts, in a line. */
export function GateSummary(props: {
  approvals: Approvals;
  /** How the gates stand; undefined where a run's own gates are shown beside the plan. */
  gates: readonly GateStatus[] | undefined;
}) {
  const { approvals, gates = [] } = props;
  const { t } = useTranslation();
  const holding = gates.filter(({ state }) => !isPassed(state));
  const { words, ...look } = describeHolding(t, holding, gates);
  return (
    <>
      {describeApprovals(t, approvals)}
      {holding.length > 0 && <StatusMark {...look}>{words}</StatusMark>}
      {holding.length === 0 && gates.length > 0 && (
        <span>{t('plan.gatesOpen')}</span>
      )}
    </>
  );
}

/** Who has to approve, and what holds the run as of the plan, with what follows from it; the run itself shows how all gates stand. */
export function PlanGates(props: {
  approvals: Approvals;
  gates: readonly GateStatus[] | undefined;
}) {
  const { approvals, gates = [] } = props;
  const classes = useStyles();
  const format = useFormat();
  const { t } = useTranslation();
  const { needed, quorums = [], expiryMs, selfApproval } = approvals;
  const holding = gates.filter(({ state }) => !isPassed(state));
  const passed = gates.filter(({ state }) => isPassed(state));
  return (
    <>
      {needed > 0 && (
        <ul className={classes.rules}>
          {quorums.map(({ group, needed: count }) => (
            <li key={group}>
              {t('plan.quorum', { count, group: nameOf(group) })}
            </li>
          ))}
          <li>
            {t(selfApproval ? 'plan.selfApproval' : 'plan.noSelfApproval')}
          </li>
          {expiryMs !== undefined && (
            <li>{t('plan.expiry', { duration: format.duration(expiryMs) })}</li>
          )}
        </ul>
      )}
      {holding.length > 0 && (
        <GateList label={t('gate.list')}>
          {holding.map(gate => (
            <GateRow
              key={gate.id}
              gate={gate}
              isDated={false}
              consequence={describeConsequence(t, gate)}
            />
          ))}
        </GateList>
      )}
      {passed.length > 0 && (
        <p className={classes.passed}>
          {t('plan.passed', {
            gates: passed.map(({ title }) => title).join(', '),
          })}
        </p>
      )}
      {needed === 0 && gates.length === 0 && (
        <p className={classes.none}>{t('plan.nothingHolds')}</p>
      )}
    </>
  );
}

function describeApprovals(t: Translate, { needed, groups }: Approvals) {
  return needed === 0
    ? t('plan.noApproval')
    : t('plan.approvals', {
        count: needed,
        groups: groups.map(nameOf).join(', ') || t('plan.anyone'),
      });
}

function describeConsequence(
  t: Translate,
  gate: GateStatus,
): string | undefined {
  switch (gate.state) {
    case 'open':
    case 'overridden':
      return undefined;
    case 'blocked':
      return t('plan.consequence.mend');
    case 'waiting':
      if (gate.tickable) {
        return t('plan.consequence.tick');
      }
      return t(gate.until ? 'plan.consequence.time' : 'plan.consequence.check');
    default:
      return gate.state satisfies never;
  }
}
