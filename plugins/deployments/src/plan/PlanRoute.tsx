import { useNavigate, useParams, useSearchParams } from 'react-router-dom';
import { Dialog, DialogHeader, useBreakpoint } from '@backstage/ui';
import {
  environmentNameSchema,
  operationSchema,
  ServiceRef,
} from '@slipway/plugin-deployments-common';
import { useState } from 'react';
import { z } from 'zod';
import { nameOf } from '../format';
import { usePaths } from '../hooks/usePaths';
import { useTranslation } from '../hooks/useTranslation';
import { EmptyState } from '../shared/EmptyState';
import { FocusedTitle } from '../shared/FocusedTitle';
import { PlanPanel } from './PlanPanel';
import { readPlanRequest } from './planRequest';

const paramsSchema = z.object({
  operation: operationSchema,
  environment: environmentNameSchema,
});

/** The decision about one operation: a dialog over the environments, a page of its own on a narrow screen. */
export function PlanRoute({ serviceRef }: { serviceRef: ServiceRef }) {
  const params = paramsSchema.safeParse(useParams());
  const navigate = useNavigate();
  const paths = usePaths();
  const { t } = useTranslation();
  const isNarrow = useBreakpoint().down('sm');
  const [search] = useSearchParams();
  const [isTouched, setTouched] = useState(false);
  const close = () => navigate(paths.environments);

  if (!params.success) {
    return <EmptyState title={t('plan.unknownAddress')} />;
  }
  const { operation, environment } = params.data;
  const title = t(`plan.title.${operation}`, {
    service: nameOf(serviceRef),
    environment,
  });
  const panel = (
    <PlanPanel
      key={search.toString()}
      serviceRef={serviceRef}
      asked={readPlanRequest({ operation, environment, params: search })}
      operation={operation}
      environment={environment}
      isPage={isNarrow}
      onTouched={() => setTouched(true)}
      onClose={close}
    />
  );
  if (isNarrow) {
    return (
      <section aria-label={title}>
        <h2 style={{ margin: '0 0 16px', fontSize: 'var(--bui-font-size-5)' }}>
          <FocusedTitle>{title}</FocusedTitle>
        </h2>
        {panel}
      </section>
    );
  }
  return (
    <Dialog
      isOpen
      width={760}
      isDismissable={!isTouched}
      onOpenChange={isOpen => !isOpen && close()}
    >
      <DialogHeader>
        <FocusedTitle>{title}</FocusedTitle>
      </DialogHeader>
      {panel}
    </Dialog>
  );
}
