import { Flex, Skeleton } from '@backstage/ui';
import { useTranslation } from '../hooks/useTranslation';

/** Requests before they are known. */
export function ApprovalsSkeleton() {
  const { t } = useTranslation();
  return (
    <Flex
      direction="column"
      gap="2"
      role="group"
      aria-busy
      aria-label={t('approvals.loading')}
    >
      <Skeleton width="100%" height={72} />
      <Skeleton width="100%" height={72} />
      <Skeleton width="100%" height={72} />
    </Flex>
  );
}
