import { ReactElement } from 'react';
import { Route, Routes } from 'react-router-dom';
import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Entity } from '@backstage/catalog-model';
import {
  mockApis,
  renderInTestApp,
  TestApiProvider,
} from '@backstage/frontend-test-utils';
import {
  EntityProvider,
  entityRouteRef,
} from '@backstage/plugin-catalog-react';
import { SignalApi, signalApiRef } from '@backstage/plugin-signals-react';
import {
  DEPLOYMENTS_SIGNAL_CHANNEL,
  DeploymentsSignal,
  MANIFEST_ANNOTATION,
} from '@slipway/plugin-deployments-common';
import { JsonObject } from '@backstage/types';
import { deploymentsApiRef } from '../api/deploymentsApiRef';
import { ApprovalsScreen } from '../approvals/ApprovalsScreen';
import { DeploymentsTab } from '../DeploymentsTab';
import { ServiceSummaryCard } from '../environments/ServiceSummaryCard';
import { FakeDeploymentsApi } from './FakeDeploymentsApi';

const BASE = '/catalog/default/component/shop/deployments';

const entity: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: {
    name: 'shop',
    namespace: 'default',
    annotations: { [MANIFEST_ANNOTATION]: './deploy.yaml' },
    links: [
      {
        url: 'https://wiki.example/shop',
        title: 'When the shop is down',
        type: 'runbook',
      },
      { url: 'data:text/html,hello', title: 'Not an address', type: 'runbook' },
      { url: 'https://chat.example/shop', title: 'Chat' },
    ],
  },
};

/** Signals that a test sends itself. */
class FakeSignals implements SignalApi {
  readonly #listeners = new Set<(message: JsonObject) => void>();

  subscribe<TMessage extends JsonObject>(
    channel: string,
    onMessage: (message: TMessage) => void,
  ) {
    const listener = (message: JsonObject) => onMessage(message as TMessage);
    if (channel === DEPLOYMENTS_SIGNAL_CHANNEL) {
      this.#listeners.add(listener);
    }
    return { unsubscribe: () => this.#listeners.delete(listener) };
  }

  send(signal: DeploymentsSignal): void {
    this.#listeners.forEach(listener => listener(signal));
  }
}

/** Opens the tab of the service `shop` at a path below it, with a backend that the test arranges. */
export function renderTab(api: FakeDeploymentsApi, path = '') {
  return renderScreen({
    api,
    at: `${BASE}${path}`,
    element: (
      <Routes>
        <Route
          path={`${BASE}/*`}
          element={
            <EntityProvider entity={entity}>
              <DeploymentsTab />
            </EntityProvider>
          }
        />
      </Routes>
    ),
  });
}

/** Shows the card of the service `shop`, as the overview of an entity has it. */
export function renderCard(api: FakeDeploymentsApi) {
  return renderScreen({
    api,
    at: '/',
    element: (
      <EntityProvider entity={entity}>
        <ServiceSummaryCard />
      </EntityProvider>
    ),
  });
}

/** Opens the approvals page. */
export function renderApprovals(api: FakeDeploymentsApi) {
  return renderScreen({ api, at: '/', element: <ApprovalsScreen /> });
}

function renderScreen(options: {
  api: FakeDeploymentsApi;
  at: string;
  element: ReactElement;
}) {
  const signals = new FakeSignals();
  const user = userEvent.setup();
  renderInTestApp(
    <TestApiProvider
      apis={[
        [deploymentsApiRef, options.api],
        [signalApiRef, signals],
        mockApis.storage(),
      ]}
    >
      {options.element}
    </TestApiProvider>,
    {
      initialRouteEntries: [options.at],
      mountedRoutes: {
        '/catalog/:namespace/:kind/:name': entityRouteRef,
      },
    },
  );
  return { user, signals };
}

/** The card of an environment. */
export function cardOf(environment: string): Promise<HTMLElement> {
  return screen.findByRole('group', { name: environment });
}
