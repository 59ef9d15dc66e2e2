import { Flex, Skeleton } from '@backstage/ui';
import { useTranslation } from '../hooks/useTranslation';

/** The run before anything is known of it. */
export function RunSkeleton() {
  const { t } = useTranslation();
  return (
    <Flex
      direction="column"
      gap="4"
      role="group"
      aria-busy
      aria-label={t('run.loading')}
    >
      <Skeleton width={320} height={28} />
      <Skeleton width={420} height={24} />
      <Skeleton width="100%" height={420} />
    </Flex>
  );
}
