import { useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import { useApi } from '@backstage/frontend-plugin-api';
import { makeStyles } from '@material-ui/core/styles';
import { Button, Flex, Text, useTable } from '@backstage/ui';
import {
  RunId,
  runIdSchema,
  RunSummary,
  ServiceRef,
} from '@slipway/plugin-deployments-common';
import { deploymentsApiRef } from '../api/deploymentsApiRef';
import { useFormat } from '../hooks/useFormat';
import { useShortcuts } from '../hooks/useShortcuts';
import { useTranslation } from '../hooks/useTranslation';
import { EmptyState } from '../shared/EmptyState';
import { isForbidden } from '../shared/ErrorAlert';
import { PageError } from '../shared/PageError';
import { StaleBanner } from '../shared/StaleBanner';
import { CompareRuns } from './CompareRuns';
import { HistoryFilters } from './HistoryFilters';
import { RunTable } from './RunTable';
import {
  countFilters,
  HistoryFilter,
  toRunFilter,
  useHistoryFilter,
} from './useHistoryFilter';
import { useUpdates } from './useUpdates';

const PAGE_SIZE = 20;

const useStyles = makeStyles(
  { bar: { height: 32 } },
  { name: 'SlipwayHistoryScreen' },
);

/** What was changed, when, by whom and why; two runs can be compared. */
export function HistoryScreen({ serviceRef }: { serviceRef: ServiceRef }) {
  const [params] = useSearchParams();
  const compared = readCompared(params.get('compare'));
  return compared ? (
    <CompareRuns first={compared[0]} second={compared[1]} />
  ) : (
    <History serviceRef={serviceRef} />
  );
}

function History({ serviceRef }: { serviceRef: ServiceRef }) {
  const api = useApi(deploymentsApiRef);
  const classes = useStyles();
  const [, setParams] = useSearchParams();
  const format = useFormat();
  const { t } = useTranslation();
  const { filter, change, clear } = useHistoryFilter();
  const [selected, setSelected] = useState<readonly string[]>([]);

  const { tableProps, reload } = useTable<RunSummary, HistoryFilter>({
    mode: 'cursor',
    filter,
    getData: async ({ cursor, pageSize, filter: wanted, signal }) => {
      const page = await api.listRuns(
        serviceRef,
        { ...toRunFilter(wanted ?? {}), cursor, limit: pageSize },
        { signal },
      );
      return {
        data: page.items,
        nextCursor: page.nextCursor ?? undefined,
        totalCount: page.total,
      };
    },
    paginationOptions: { pageSize: PAGE_SIZE, showPageSizeOptions: false },
  });
  const { error, ...table } = tableProps;
  const updates = useUpdates({
    serviceRef,
    filter,
    pageSize: PAGE_SIZE,
    onShow: reload,
  });

  const compare = () => {
    if (selected.length === 2) {
      // The filters stay in the address, for the way back.
      setParams(known => {
        const next = new URLSearchParams(known);
        next.set('compare', selected.join(','));
        return next;
      });
    }
  };
  useShortcuts([{ key: 'c', label: t('keys.compare'), run: compare }]);

  if (error && isForbidden(error)) {
    return (
      <PageError title={t('history.notRead')} error={error} onRetry={reload} />
    );
  }
  const filters = countFilters(filter);
  return (
    <Flex direction="column" gap="4">
      <StaleBanner live={updates.live} onReload={updates.live.reload} />
      <HistoryFilters
        serviceRef={serviceRef}
        filter={filter}
        onChange={change}
      />
      <Flex align="center" justify="between" className={classes.bar}>
        {updates.count > 0 ? (
          <Flex align="center" gap="2">
            <Text variant="body-small" weight="bold">
              {t('history.updates', { count: updates.count })}
            </Text>
            <Button size="small" variant="secondary" onPress={updates.show}>
              {t('history.showUpdates')}
            </Button>
          </Flex>
        ) : (
          <Text variant="body-small" color="secondary">
            {t('history.hint')}
          </Text>
        )}
        <Button
          size="small"
          variant="secondary"
          isDisabled={selected.length !== 2}
          onPress={compare}
        >
          {t('history.compare', { number: format.number(selected.length) })}
        </Button>
      </Flex>
      {error && (
        <PageError
          title={t('history.notRead')}
          error={error}
          onRetry={reload}
        />
      )}
      <div ref={updates.area}>
        {!(error && !table.data) && (
          <RunTable
            table={table}
            selected={selected}
            onSelect={setSelected}
            emptyState={
              filters > 0 ? (
                <EmptyState
                  title={t('history.noMatch', { count: filters })}
                  action={
                    <Button size="small" variant="secondary" onPress={clear}>
                      {t('history.clear')}
                    </Button>
                  }
                />
              ) : (
                <EmptyState
                  title={t('history.empty')}
                  description={t('history.emptyWhy')}
                />
              )
            }
          />
        )}
      </div>
    </Flex>
  );
}

function readCompared(text: string | null): [RunId, RunId] | undefined {
  const ids = (text ?? '').split(',').map(id => runIdSchema.safeParse(id));
  const [first, second] = ids;
  return ids.length === 2 && first.success && second.success
    ? [first.data, second.data]
    : undefined;
}
