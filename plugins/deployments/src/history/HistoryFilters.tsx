import { makeStyles } from '@material-ui/core/styles';
import { DateRangePicker, Select } from '@backstage/ui';
import { parseDate } from '@internationalized/date';
import { ServiceRef } from '@slipway/plugin-deployments-common';
import { nameOf } from '../format';
import { useRequesters } from '../hooks/useRequesters';
import { useService } from '../hooks/useService';
import { useTranslation } from '../hooks/useTranslation';
import { HistoryFilter, Result, RESULTS } from './useHistoryFilter';

/** Stands for "no filter" in a select, which needs an id for every option. */
const ANY = '*';

/** From more people than this on they are searched. */
const SEARCH_FROM = 10;

const useStyles = makeStyles(
  {
    root: {
      display: 'flex',
      flexWrap: 'wrap',
      gap: 12,
      alignItems: 'end',
      '& > *': { flex: '1 1 150px', minWidth: 0 },
      '& > *:last-child': { flex: '1 1 300px' },
      // The stock dark theme's own colour for what is not filled in has too little contrast.
      '& [data-placeholder]': { color: 'var(--bui-fg-primary)' },
    },
  },
  { name: 'SlipwayHistoryFilters' },
);

/** Narrows the history by environment, result, person and days. */
export function HistoryFilters(props: {
  serviceRef: ServiceRef;
  filter: HistoryFilter;
  onChange: (part: HistoryFilter) => void;
}) {
  const { serviceRef, filter, onChange } = props;
  const classes = useStyles();
  const { t } = useTranslation();
  const { value } = useService(serviceRef);
  const environments = value?.environments.map(({ name }) => name) ?? [];
  const people = [
    ...new Set([
      ...(filter.by ? [filter.by] : []),
      ...useRequesters(serviceRef),
    ]),
  ];
  return (
    <div className={classes.root} role="search" aria-label={t('filter.label')}>
      <Select
        label={t('filter.environment')}
        value={filter.environment ?? ANY}
        onChange={key => onChange({ environment: valueOf(key) })}
        options={[
          { id: ANY, label: t('filter.all') },
          ...environments.map(name => ({ id: name, label: name })),
        ]}
      />
      <Select
        label={t('filter.result')}
        value={filter.result ?? ANY}
        onChange={key =>
          onChange({ result: RESULTS.find(result => result === key) })
        }
        options={[
          { id: ANY, label: t('filter.all') },
          ...RESULTS.map((result: Result) => ({
            id: result,
            label: t(`filter.results.${result}`),
          })),
        ]}
      />
      <Select
        label={t('filter.by')}
        search={
          people.length > SEARCH_FROM
            ? { placeholder: t('filter.findPerson') }
            : undefined
        }
        value={filter.by ?? ANY}
        onChange={key => onChange({ by: valueOf(key) })}
        options={[
          { id: ANY, label: t('filter.anyone') },
          ...people.map(ref => ({ id: ref, label: nameOf(ref) })),
        ]}
      />
      <DateRangePicker
        label={t('filter.dates')}
        value={
          filter.from && filter.to
            ? { start: parseDate(filter.from), end: parseDate(filter.to) }
            : null
        }
        onChange={range =>
          onChange({
            from: range?.start.toString().slice(0, 10),
            to: range?.end.toString().slice(0, 10),
          })
        }
      />
    </div>
  );
}

function valueOf(key: unknown): string | undefined {
  return typeof key === 'string' && key !== ANY ? key : undefined;
}
