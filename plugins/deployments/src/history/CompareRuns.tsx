import { useSearchParams } from 'react-router-dom';
import { useApi } from '@backstage/frontend-plugin-api';
import { makeStyles } from '@material-ui/core/styles';
import { Link, Skeleton } from '@backstage/ui';
import { RiArrowLeftLine } from '@remixicon/react';
import { Plan, Run, RunId } from '@slipway/plugin-deployments-common';
import { deploymentsApiRef } from '../api/deploymentsApiRef';
import { useLive } from '../hooks/useLive';
import { usePaths } from '../hooks/usePaths';
import { useTranslation } from '../hooks/useTranslation';
import { comparePlans, differs, SectionComparison } from '../plan/comparePlans';
import { PageError } from '../shared/PageError';
import { RelativeTime } from '../shared/RelativeTime';
import { OutcomeMarks } from '../shared/RunMark';
import { QUIET, TONES } from '../shared/tones';
import { ScrollRegion } from '../shared/ScrollRegion';

const useStyles = makeStyles(
  {
    back: { display: 'inline-flex', alignItems: 'center', gap: 4 },
    scroller: { overflowX: 'auto', marginTop: 12 },
    table: {
      width: '100%',
      tableLayout: 'fixed',
      borderCollapse: 'collapse',
      fontSize: 'var(--bui-font-size-3)',
      '& th, & td': {
        padding: '10px 12px 10px 0',
        textAlign: 'left',
        verticalAlign: 'top',
        borderBottom: '1px solid var(--bui-border-1)',
        overflowWrap: 'anywhere',
      },
      '& tbody th': {
        width: '18%',
        fontWeight: 500,
        color: QUIET,
      },
      '& thead th:first-child': { width: '18%' },
    },
    list: { margin: 0, padding: 0, listStyle: 'none', lineHeight: 1.6 },
    only: {
      background: TONES.warning.background,
      color: TONES.warning.color,
      padding: '0 6px',
      borderRadius: 'var(--bui-radius-2)',
      textDecoration: 'none',
    },
    same: { color: QUIET, margin: 0 },
    marks: { display: 'flex', flexWrap: 'wrap', gap: 4, marginTop: 6 },
  },
  { name: 'SlipwayCompareRuns' },
);

/** Two runs side by side: what only one of them did stands out. */
export function CompareRuns(props: { first: RunId; second: RunId }) {
  const { first, second } = props;
  const [params] = useSearchParams();
  const filters = new URLSearchParams(params);
  filters.delete('compare');
  const api = useApi(deploymentsApiRef);
  const classes = useStyles();
  const paths = usePaths();
  const { t } = useTranslation();
  const { value, error, reload } = useLive({
    key: `${first},${second}`,
    read: async signal => {
      const runs = await Promise.all(
        [first, second].map(id => api.getRun(id, { signal })),
      );
      const plans = await Promise.all(
        runs.map(run => api.getPlan(run.planHash, { signal })),
      );
      return { runs, plans };
    },
    concerns: () => false,
    isFinal: () => true,
  });
  return (
    <section aria-label={t('compare.title')}>
      <Link
        href={`${paths.history}?${filters}`}
        variant="body-small"
        className={classes.back}
      >
        <RiArrowLeftLine size={13} aria-hidden />
        {t('compare.back')}
      </Link>
      {error && !value && (
        <PageError
          title={t('compare.notRead')}
          error={error}
          onRetry={reload}
        />
      )}
      {!error && !value && <Skeleton width="100%" height={320} />}
      {value && <Comparison runs={value.runs} plans={value.plans} />}
    </section>
  );
}

function Comparison(props: { runs: readonly Run[]; plans: readonly Plan[] }) {
  const { runs, plans } = props;
  const classes = useStyles();
  const paths = usePaths();
  const { t } = useTranslation();
  const [first, second] = plans;
  return (
    <ScrollRegion className={classes.scroller} aria-label={t('compare.title')}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t('compare.what')}</th>
            {runs.map(run => (
              <th key={run.id} scope="col">
                <Link href={paths.run(run.id)} weight="bold">
                  {t(`operation.sentence.${run.operation}`, {
                    version: run.to.version,
                    environment: run.environment,
                  })}
                </Link>{' '}
                <RelativeTime at={run.createdAt} />
                <div className={classes.marks}>
                  <OutcomeMarks run={run} />
                </div>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {comparePlans(first.content, second.content).map(comparison => (
            <ComparisonRow key={comparison.section} comparison={comparison} />
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function ComparisonRow({ comparison }: { comparison: SectionComparison }) {
  const classes = useStyles();
  const { t } = useTranslation();
  const { section, both } = comparison;
  return (
    <tr>
      <th scope="row">{t(`plan.section.${section}`)}</th>
      {differs(comparison) ? (
        [comparison.onlyFirst, comparison.onlySecond].map((only, index) => (
          <td key={`${section} ${index}`}>
            <ul className={classes.list}>
              {only.map(line => (
                <li key={line}>
                  <ins className={classes.only}>{line}</ins>
                </li>
              ))}
              {both.length > 0 && (
                <li className={classes.same}>
                  {t('compare.common', { count: both.length })}
                </li>
              )}
            </ul>
          </td>
        ))
      ) : (
        <td colSpan={2}>
          <p className={classes.same}>{t('compare.same')}</p>
        </td>
      )}
    </tr>
  );
}
