import { Select } from '@backstage/ui';
import {
  EnvironmentName,
  ObservedRelease,
  PlanRequest,
  ReleaseId,
  ServiceRef,
  ServiceState,
} from '@slipway/plugin-deployments-common';
import { shortenHash } from '../format';
import { useService } from '../hooks/useService';
import { useTranslation } from '../hooks/useTranslation';

type KnownRelease = ObservedRelease & { id: ReleaseId };

/** Asks which of the releases that the target has kept to return to; the one before the present one unless told. */
export function RollbackChoice(props: {
  serviceRef: ServiceRef;
  environment: EnvironmentName;
  chosen: ReleaseId | undefined;
  isDisabled: boolean;
  onChoose: (request: PlanRequest) => void;
}) {
  const { serviceRef, environment, chosen, isDisabled, onChoose } = props;
  const { t } = useTranslation();
  const { value } = useService(serviceRef);
  const releases = value ? keptReleases(value, environment) : [];
  return (
    <Select
      label={t('plan.rollbackTo')}
      placeholder={t('plan.rollbackDefault')}
      value={chosen ?? null}
      isDisabled={isDisabled || releases.length === 0}
      options={releases.map(release => ({
        id: release.id,
        label: release.commitId
          ? `${release.version} (${shortenHash(release.commitId)})`
          : release.version,
      }))}
      onChange={key => {
        const release = releases.find(({ id }) => id === key);
        if (release) {
          onChoose({
            operation: 'rollback',
            environment,
            releaseId: release.id,
          });
        }
      }}
    />
  );
}

function keptReleases(
  service: ServiceState,
  environment: EnvironmentName,
): KnownRelease[] {
  const state = service.environments.find(({ name }) => name === environment);
  if (state?.access !== 'open' || state.observed?.reach !== 'reached') {
    return [];
  }
  const running = state.observed.release?.id;
  return state.observed.keptReleases.filter(
    (release): release is KnownRelease =>
      release.id !== null && release.id !== running,
  );
}
