import { Card, CardBody, CardHeader, Flex, Skeleton } from '@backstage/ui';
import { useTranslation } from '../hooks/useTranslation';
import { EnvironmentGrid } from './EnvironmentGrid';

/** The cards before anything is known, in the size that they will have. */
export function EnvironmentSkeleton() {
  const { t } = useTranslation();
  return (
    <div role="group" aria-busy aria-label={t('environments.loading')}>
      <EnvironmentGrid>
        {['first', 'second'].map(key => (
          <Card key={key}>
            <CardHeader>
              <Skeleton width={96} height={20} />
            </CardHeader>
            <CardBody>
              <Flex direction="column" gap="3">
                <Skeleton width={140} height={37} />
                <Skeleton width={180} height={16} />
                <Skeleton width={210} height={24} rounded />
                <Skeleton width={120} height={24} />
                <Skeleton width={240} height={40} />
              </Flex>
            </CardBody>
          </Card>
        ))}
      </EnvironmentGrid>
    </div>
  );
}
