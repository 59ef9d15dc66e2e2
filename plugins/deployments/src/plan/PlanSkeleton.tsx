import { Flex, Skeleton } from '@backstage/ui';
import { useTranslation } from '../hooks/useTranslation';

/** The plan while it is computed, in about its size. */
export function PlanSkeleton() {
  const { t } = useTranslation();
  return (
    <Flex
      direction="column"
      gap="3"
      role="group"
      aria-busy
      aria-label={t('plan.loading')}
    >
      <Skeleton width={260} height={37} />
      <Skeleton width="100%" height={40} />
      <Skeleton width="100%" height={40} />
      <Skeleton width="100%" height={40} />
      <Skeleton width="100%" height={40} />
      <Skeleton width={240} height={20} />
    </Flex>
  );
}
