import { makeStyles } from '@material-ui/core/styles';
import { Run } from '@slipway/plugin-deployments-common';
import { DecisionForm } from '../approvals/DecisionForm';
import { WaitingGates } from '../gates/WaitingGates';
import { useTranslation } from '../hooks/useTranslation';
import { RunPlan } from './RunPlan';

const useStyles = makeStyles(
  {
    root: { display: 'flex', flexDirection: 'column', gap: 16 },
    title: { margin: 0, fontSize: 'var(--bui-font-size-4)', fontWeight: 600 },
  },
  { name: 'SlipwayApprovalPanel' },
);

/** The plan, what else it has to pass, and below it the yes or no to exactly this plan. */
export function ApprovalPanel(props: {
  run: Run;
  onDecided: (run: Run) => void;
  /** Called with the run once the person has ticked or overridden one of its gates. */
  onChanged: (run: Run) => void;
}) {
  const { run, onDecided, onChanged } = props;
  const classes = useStyles();
  const { t } = useTranslation();
  return (
    <section className={classes.root}>
      <h3 className={classes.title}>{t('approval.planToApprove')}</h3>
      <RunPlan planHash={run.planHash} />
      <WaitingGates run={run} onChanged={onChanged} />
      <DecisionForm run={run} onDecided={onDecided} />
    </section>
  );
}
