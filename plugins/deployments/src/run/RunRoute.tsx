import { useParams } from 'react-router-dom';
import { runIdSchema } from '@slipway/plugin-deployments-common';
import { useTranslation } from '../hooks/useTranslation';
import { EmptyState } from '../shared/EmptyState';
import { RunScreen } from './RunScreen';

/** The run that the address names. */
export function RunRoute() {
  const { t } = useTranslation();
  const id = runIdSchema.safeParse(useParams().runId);
  return id.success ? (
    <RunScreen key={id.data} runId={id.data} />
  ) : (
    <EmptyState title={t('run.unknownAddress')} />
  );
}
