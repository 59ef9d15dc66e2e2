import { Route } from 'react-router-dom';
import { render, screen, within } from '@testing-library/react';
import { createApp } from '@backstage/app-defaults';
import { AppRouter, FlatRoutes } from '@backstage/core-app-api';
import {
  createApiFactory,
  IdentityApi,
  SignInPageProps,
} from '@backstage/core-plugin-api';
import {
  CatalogEntityPage,
  CatalogIndexPage,
  EntityLayout,
} from '@backstage/plugin-catalog';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import { catalogApiMock } from '@backstage/plugin-catalog-react/testUtils';
import { MANIFEST_ANNOTATION } from '@slipway/plugin-deployments-common';
import { useEffect } from 'react';
import { FakeDeploymentsApi } from './__testUtils__/FakeDeploymentsApi';
import { plan } from './__testUtils__/fixtures';
import {
  DeploymentsApprovalsPage,
  deploymentsApiRef,
  EntityDeploymentsCard,
  EntityDeploymentsContent,
  isDeploymentsAvailable,
} from './legacy';

const ana: IdentityApi = {
  getProfileInfo: async () => ({}),
  getBackstageIdentity: async () => ({
    type: 'user',
    userEntityRef: 'user:default/ana',
    ownershipEntityRefs: [],
  }),
  getCredentials: async () => ({}),
  signOut: async () => {},
};

function SignInAtOnce({ onSignInSuccess }: SignInPageProps) {
  useEffect(() => onSignInSuccess(ana), [onSignInSuccess]);
  return null;
}

const entityPage = (
  <EntityLayout>
    <EntityLayout.Route path="/" title="Overview">
      <EntityDeploymentsCard />
    </EntityLayout.Route>
    <EntityLayout.Route
      path="/deployments"
      title="Deployments"
      if={isDeploymentsAvailable}
    >
      <EntityDeploymentsContent />
    </EntityLayout.Route>
  </EntityLayout>
);

describe('a portal on the old frontend system', () => {
  let api: FakeDeploymentsApi;
  beforeEach(() => {
    api = new FakeDeploymentsApi();
    api.addPlan(plan());
  });

  function open(path: string) {
    window.history.replaceState(null, '', path);
    const app = createApp({
      configLoader: async () => [
        {
          context: 'test',
          data: {
            app: { baseUrl: 'http://localhost' },
            backend: { baseUrl: 'http://backend.test' },
          },
        },
      ],
      components: { SignInPage: SignInAtOnce },
      apis: [
        createApiFactory(deploymentsApiRef, api),
        createApiFactory(
          catalogApiRef,
          catalogApiMock({
            entities: [
              {
                apiVersion: 'backstage.io/v1alpha1',
                kind: 'Component',
                metadata: {
                  name: 'shop',
                  namespace: 'default',
                  annotations: { [MANIFEST_ANNOTATION]: './deploy.yaml' },
                },
                spec: { type: 'website' },
              },
            ],
          }),
        ),
      ],
    });
    const Root = app.createRoot(
      <AppRouter>
        <FlatRoutes>
          <Route path="/catalog" element={<CatalogIndexPage />} />
          <Route
            path="/catalog/:namespace/:kind/:name"
            element={<CatalogEntityPage />}
          >
            {entityPage}
          </Route>
          <Route
            path="/deployments/approvals"
            element={<DeploymentsApprovalsPage />}
          />
        </FlatRoutes>
      </AppRouter>,
    );
    return render(<Root />);
  }

  it('shows the environments on the tab, and a promotion over them', async () => {
    open('/catalog/default/component/shop/deployments/plan/promote/production');

    const dialog = await screen.findByRole('dialog', {
      name: 'Promote shop to production',
    });
    expect(
      await within(dialog).findByText('Show the delivery date in the basket'),
    ).toBeVisible();
  });

  it('shows the card on the overview, with a link to the tab', async () => {
    open('/catalog/default/component/shop');

    expect(
      await screen.findByRole('link', { name: 'All about deployments' }),
    ).toHaveAttribute('href', '/catalog/default/component/shop/deployments');
  });

  it('shows what waits for approval on a page of its own', async () => {
    open('/deployments/approvals');

    const page = within(await screen.findByRole('main'));
    expect(
      await page.findByRole('heading', { name: 'Deployments' }),
    ).toBeVisible();
    expect(await page.findByText('Nothing waits for you.')).toBeVisible();
  });
});
