import { Entity } from '@backstage/catalog-model';
import { createDevApp } from '@backstage/frontend-dev-utils';
import {
  ApiBlueprint,
  createFrontendModule,
} from '@backstage/frontend-plugin-api';
import catalogPlugin from '@backstage/plugin-catalog/alpha';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import { catalogApiMock } from '@backstage/plugin-catalog-react/testUtils';
import { MANIFEST_ANNOTATION } from '@slipway/plugin-deployments-common';
import { deploymentsApiRef } from '../src/api/deploymentsApiRef';
import deploymentsPlugin from '../src';
import { createDemo } from './demo';

const entities: Entity[] = [
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      name: 'shop',
      namespace: 'default',
      description: 'The shop, as the demo runs it',
      annotations: { [MANIFEST_ANNOTATION]: './deploy.yaml' },
    },
    spec: { type: 'service', lifecycle: 'production', owner: 'shop-team' },
  },
  ...[
    ['ana', 'Ana Lopez'],
    ['raj', 'Raj Patel'],
  ].map(([name, displayName]) => ({
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'User',
    metadata: { name, namespace: 'default' },
    spec: { profile: { displayName }, memberOf: [] },
  })),
];

const fakes = [
  createFrontendModule({
    pluginId: 'catalog',
    extensions: [
      ApiBlueprint.make({
        params: defineParams =>
          defineParams({
            api: catalogApiRef,
            deps: {},
            factory: () => catalogApiMock({ entities }),
          }),
      }),
    ],
  }),
  createFrontendModule({
    pluginId: 'deployments',
    extensions: [
      ApiBlueprint.make({
        params: defineParams =>
          defineParams({
            api: deploymentsApiRef,
            deps: {},
            factory: createDemo,
          }),
      }),
    ],
  }),
];

createDevApp({ features: [catalogPlugin, deploymentsPlugin, ...fakes] });
