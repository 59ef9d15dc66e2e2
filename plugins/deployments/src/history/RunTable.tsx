import { ReactNode } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import {
  Cell,
  ColumnConfig,
  Link,
  Table,
  TableProps,
  useBreakpoint,
} from '@backstage/ui';
import { RiArrowGoBackLine } from '@remixicon/react';
import { RunSummary } from '@slipway/plugin-deployments-common';
import { useFormat } from '../hooks/useFormat';
import { usePaths } from '../hooks/usePaths';
import { useTranslation } from '../hooks/useTranslation';
import { PersonName } from '../shared/PersonName';
import { RelativeTime } from '../shared/RelativeTime';
import { OutcomeMarks } from '../shared/RunMark';
import { QUIET } from '../shared/tones';

const useStyles = makeStyles(
  {
    what: { display: 'flex', alignItems: 'center', gap: 6, minWidth: 0 },
    block: { display: 'block', minWidth: 0, whiteSpace: 'normal' },
    quiet: {
      display: 'block',
      color: QUIET,
      fontSize: 'var(--bui-font-size-2)',
      overflowWrap: 'anywhere',
    },
    marks: { display: 'flex', flexWrap: 'wrap', gap: 4 },
    number: { fontVariantNumeric: 'tabular-nums' },
  },
  { name: 'SlipwayRunTable' },
);

/** Runs, newest first; a rollback carries its own icon and word. */
export function RunTable(props: {
  table: Omit<
    TableProps<RunSummary>,
    'columnConfig' | 'rowConfig' | 'selection' | 'emptyState'
  >;
  /** Ids of at most two runs. */
  selected: readonly string[];
  onSelect: (ids: readonly string[]) => void;
  emptyState: ReactNode;
}) {
  const { table, selected, onSelect, emptyState } = props;
  return (
    <Table
      {...table}
      columnConfig={useColumns()}
      selection={{
        mode: 'multiple',
        behavior: 'toggle',
        selected: new Set(selected),
        onSelectionChange: keys =>
          onSelect(keys === 'all' ? [] : [...keys].map(String).slice(-2)),
      }}
      emptyState={emptyState}
    />
  );
}

function useColumns(): ColumnConfig<RunSummary>[] {
  const classes = useStyles();
  const format = useFormat();
  const paths = usePaths();
  const { t } = useTranslation();
  const isNarrow = useBreakpoint().down('md');
  const describeDuration = ({ startedAt, finishedAt }: RunSummary) => {
    if (startedAt === null) {
      return t(finishedAt === null ? 'history.notStarted' : 'history.notRun');
    }
    return finishedAt === null
      ? t('history.underWay')
      : format.duration(Date.parse(finishedAt) - Date.parse(startedAt));
  };
  return [
    {
      id: 'what',
      label: t('history.column.what'),
      isRowHeader: true,
      cell: run => (
        <Cell>
          <span className={classes.block}>
            <span className={classes.what}>
              {run.operation === 'rollback' && (
                <RiArrowGoBackLine size={14} aria-hidden />
              )}
              <Link href={paths.run(run.id)} weight="bold">
                {t(`operation.sentence.${run.operation}`, {
                  version: run.to.version,
                  environment: run.environment,
                })}
              </Link>
            </span>
            <span className={classes.quiet}>
              {run.from && t('history.from', { version: run.from.version })}
              {run.reason && ` “${run.reason}”`}
            </span>
            {isNarrow && (
              <span className={classes.quiet}>
                <PersonName by={run.requestedBy} />,{' '}
                <RelativeTime at={run.createdAt} />
              </span>
            )}
          </span>
        </Cell>
      ),
    },
    {
      id: 'result',
      label: t('history.column.result'),
      width: isNarrow ? 150 : 230,
      cell: run => (
        <Cell>
          <span className={classes.marks}>
            <OutcomeMarks run={run} />
          </span>
        </Cell>
      ),
    },
    {
      id: 'by',
      label: t('history.column.by'),
      isHidden: isNarrow,
      width: 150,
      cell: run => (
        <Cell>
          <PersonName by={run.requestedBy} />
        </Cell>
      ),
    },
    {
      id: 'duration',
      label: t('history.column.duration'),
      isHidden: isNarrow,
      width: 110,
      cell: run => (
        <Cell>
          <span className={classes.number}>{describeDuration(run)}</span>
        </Cell>
      ),
    },
    {
      id: 'when',
      label: t('history.column.when'),
      isHidden: isNarrow,
      width: 150,
      cell: run => (
        <Cell>
          <RelativeTime at={run.createdAt} />
        </Cell>
      ),
    },
  ];
}
