import { Route, Routes, useResolvedPath } from 'react-router-dom';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { useEntity } from '@backstage/plugin-catalog-react';
import { serviceRefSchema } from '@slipway/plugin-deployments-common';
import { EnvironmentsScreen } from './environments/EnvironmentsScreen';
import { HistoryScreen } from './history/HistoryScreen';
import { AnnouncerProvider } from './hooks/useAnnounce';
import { ServicePathsProvider } from './hooks/usePaths';
import { ShortcutsProvider } from './hooks/useShortcuts';
import { PlanRoute } from './plan/PlanRoute';
import { RunRoute } from './run/RunRoute';
import { ServiceLayout } from './ServiceLayout';

/** All screens of one service: its environments, plans, runs and history, below its tab on the entity page. */
export function DeploymentsTab() {
  const { entity } = useEntity();
  const serviceRef = serviceRefSchema.parse(stringifyEntityRef(entity));
  const base = useResolvedPath('').pathname;
  return (
    <ServicePathsProvider base={base}>
      <AnnouncerProvider>
        <ShortcutsProvider>
          <Routes>
            <Route element={<ServiceLayout />}>
              <Route
                path="/"
                element={<EnvironmentsScreen serviceRef={serviceRef} />}
              >
                <Route
                  path="plan/:operation/:environment"
                  element={<PlanRoute serviceRef={serviceRef} />}
                />
              </Route>
              <Route
                path="history"
                element={<HistoryScreen serviceRef={serviceRef} />}
              />
            </Route>
            <Route path="runs/:runId" element={<RunRoute />} />
          </Routes>
        </ShortcutsProvider>
      </AnnouncerProvider>
    </ServicePathsProvider>
  );
}
