import { makeStyles } from '@material-ui/core/styles';
import { isPassed, Run } from '@slipway/plugin-deployments-common';
import { useFormat } from '../hooks/useFormat';
import { useTranslation } from '../hooks/useTranslation';
import { QUIET } from '../shared/tones';
import { RunGates } from './RunGates';

const useStyles = makeStyles(
  {
    head: {
      display: 'flex',
      flexWrap: 'wrap',
      alignItems: 'baseline',
      gap: '2px 12px',
    },
    title: { margin: 0, fontSize: 'var(--bui-font-size-4)', fontWeight: 600 },
    lead: { color: QUIET, fontSize: 'var(--bui-font-size-3)' },
  },
  { name: 'SlipwayWaitingGates' },
);

/** What a run waits for, how much of it is done, and what one can do about the rest. */
export function WaitingGates(props: {
  run: Run;
  onChanged: (run: Run) => void;
}) {
  const { run, onChanged } = props;
  const classes = useStyles();
  const format = useFormat();
  const { t } = useTranslation();
  if (run.gates.length === 0) {
    return null;
  }
  return (
    <section aria-label={t('gate.title')}>
      <div className={classes.head}>
        <h3 className={classes.title}>{t('gate.title')}</h3>
        <span className={classes.lead}>
          {t('gate.passed', {
            passed: format.number(
              run.gates.filter(({ state }) => isPassed(state)).length,
            ),
            of: format.number(run.gates.length),
          })}
          {'. '}
          {t('gate.startsByItself')}
        </span>
      </div>
      <RunGates run={run} onChanged={onChanged} />
    </section>
  );
}
