import { createContext, PropsWithChildren, useContext, useMemo } from 'react';
import { useRouteRef } from '@backstage/core-plugin-api';
import {
  entityRouteParams,
  entityRouteRef,
} from '@backstage/plugin-catalog-react';
import {
  Operation,
  PlanRequest,
  RunId,
  ServiceRef,
} from '@slipway/plugin-deployments-common';
import { writePlanRequest } from '../plan/planRequest';

/** Where the tab lies below an entity's page, unless the portal moves it. */
export const TAB_PATH = '/deployments';

/** Where the screens of one service are. */
export type ServicePaths = {
  environments: string;
  history: string;
  run: (id: RunId) => string;
  /** The plan of an operation, where what is wanted is still to be chosen. */
  plan: (operation: Operation, environment: string) => string;
  /** The plan of exactly this request. */
  planOf: (request: PlanRequest) => string;
};

const ServicePathsContext = createContext<ServicePaths | undefined>(undefined);

/** Provides the paths of the service whose tab lies at `base`. */
export function ServicePathsProvider(
  props: PropsWithChildren<{ base: string }>,
) {
  const { base, children } = props;
  const paths = useMemo(() => createServicePaths(base), [base]);
  return (
    <ServicePathsContext.Provider value={paths}>
      {children}
    </ServicePathsContext.Provider>
  );
}

/** The paths of the service whose tab this is. */
export function usePaths(): ServicePaths {
  const paths = useContext(ServicePathsContext);
  if (!paths) {
    throw new Error('usePaths needs a ServicePathsProvider around it');
  }
  return paths;
}

/** The paths of any service, for screens outside an entity's page. */
export function usePathsOf(): (serviceRef: ServiceRef) => ServicePaths {
  const entityPath = useRouteRef(entityRouteRef);
  return serviceRef =>
    createServicePaths(
      `${entityPath(
        entityRouteParams(serviceRef, { encodeParams: true }),
      )}${TAB_PATH}`,
    );
}

function createServicePaths(base: string): ServicePaths {
  const root = base.replace(/\/+$/, '');
  const plan: ServicePaths['plan'] = (operation, environment) =>
    `${root}/plan/${operation}/${encodeURIComponent(environment)}`;
  return {
    environments: root,
    history: `${root}/history`,
    run: id => `${root}/runs/${id}`,
    plan,
    planOf: request =>
      `${plan(request.operation, request.environment)}?${writePlanRequest(request)}`,
  };
}
