import { useOutlet } from 'react-router-dom';
import { Flex, useBreakpoint } from '@backstage/ui';
import { ServiceRef } from '@slipway/plugin-deployments-common';
import { useService } from '../hooks/useService';
import { useShownKeys } from '../hooks/useShortcuts';
import { useTranslation } from '../hooks/useTranslation';
import { EmptyState } from '../shared/EmptyState';
import { PageError } from '../shared/PageError';
import { StaleBanner } from '../shared/StaleBanner';
import { EnvironmentCard } from './EnvironmentCard';
import { EnvironmentGrid } from './EnvironmentGrid';
import { EnvironmentSkeleton } from './EnvironmentSkeleton';
import { ManifestAlert } from './ManifestAlert';
import { findNext, findPromotable } from './promotionNeighbours';
import { RecentRuns } from './RecentRuns';

/** What runs where, whether it is well, and what one may do about it. A plan that is being reviewed lies over it. */
export function EnvironmentsScreen({ serviceRef }: { serviceRef: ServiceRef }) {
  const plan = useOutlet();
  const isNarrow = useBreakpoint().down('sm');
  if (plan && isNarrow) {
    return plan;
  }
  return (
    <>
      <Environments serviceRef={serviceRef} />
      {plan}
    </>
  );
}

function Environments({ serviceRef }: { serviceRef: ServiceRef }) {
  const { t } = useTranslation();
  const service = useService(serviceRef);
  useShownKeys([
    { key: 'p', label: t('keys.promote') },
    { key: 'b', label: t('keys.rollback') },
  ]);
  const { value, error } = service;

  if (!value) {
    return error ? (
      <PageError
        title={t('environments.notRead')}
        error={error}
        onRetry={service.reload}
      />
    ) : (
      <EnvironmentSkeleton />
    );
  }
  const { environments, manifest } = value;
  return (
    <Flex direction="column" gap="4">
      <StaleBanner live={service} onReload={service.reload} />
      <ManifestAlert manifest={manifest} />
      {environments.length > 0 ? (
        <EnvironmentGrid>
          {environments.map((environment, index) => (
            <EnvironmentCard
              key={environment.name}
              serviceRef={serviceRef}
              environment={environment}
              next={findNext(environments, index)}
              promotable={findPromotable(environments, environment)}
              onChanged={service.reload}
            />
          ))}
        </EnvironmentGrid>
      ) : (
        manifest.status === 'valid' && (
          <EmptyState
            title={t('environments.none')}
            description={t('environments.noneWhy')}
          />
        )
      )}
      {environments.some(({ access }) => access === 'open') && (
        <RecentRuns serviceRef={serviceRef} />
      )}
    </Flex>
  );
}
