import { makeStyles } from '@material-ui/core/styles';
import { Alert, Button } from '@backstage/ui';
import { Plan } from '@slipway/plugin-deployments-common';
import { useFormat } from '../hooks/useFormat';
import { useTranslation } from '../hooks/useTranslation';
import { comparePlans, differs } from './comparePlans';

const useStyles = makeStyles(
  {
    section: { marginTop: 8 },
    list: {
      margin: '4px 0 0',
      padding: 0,
      listStyle: 'none',
      fontFamily: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
      fontSize: 'var(--bui-font-size-2)',
      lineHeight: 1.6,
      overflowWrap: 'anywhere',
    },
  },
  { name: 'SlipwayPlanChanged' },
);

/** Says what became different between the plan that was confirmed and the plan as it is now. */
export function PlanChanged(props: {
  before: Plan;
  plan: Plan;
  onReviewAgain: () => void;
}) {
  const { before, plan, onReviewAgain } = props;
  const classes = useStyles();
  const format = useFormat();
  const { t } = useTranslation();
  const changes = comparePlans(before.content, plan.content).filter(differs);
  return (
    <Alert
      role="alert"
      status="warning"
      icon
      title={t('plan.changed', {
        at: format.clock(Date.parse(plan.createdAt)),
      })}
      description={
        changes.length === 0
          ? t('plan.detailsChanged')
          : changes.map(({ section, onlyFirst, onlySecond }) => (
              <div key={section} className={classes.section}>
                <strong>
                  {section === 'manifest'
                    ? t('plan.manifestChanged')
                    : t(`plan.section.${section}`)}
                </strong>
                <ul className={classes.list}>
                  {onlyFirst.map(line => (
                    <li key={line}>
                      <del>- {line}</del>
                    </li>
                  ))}
                  {onlySecond.map(line => (
                    <li key={line}>
                      <ins>+ {line}</ins>
                    </li>
                  ))}
                </ul>
              </div>
            ))
      }
      customActions={
        <Button size="small" variant="secondary" onPress={onReviewAgain}>
          {t('plan.reviewAgain')}
        </Button>
      }
    />
  );
}
