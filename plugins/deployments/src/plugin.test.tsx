import { isDeploymentsAvailable } from './isDeploymentsAvailable';
import deploymentsPlugin from './index';
import * as legacy from './legacy';

describe('the plugin', () => {
  it('is found by its default export and brings API, tab, card and pages', () => {
    expect(deploymentsPlugin.$$type).toBe('@backstage/FrontendPlugin');
    for (const id of [
      'api:deployments',
      'entity-content:deployments',
      'entity-card:deployments/summary',
      'page:deployments',
      'sub-page:deployments/approvals',
    ] as const) {
      expect(deploymentsPlugin.getExtension(id)).toBeDefined();
    }
  });

  it('offers its tab only where the annotation says that there is a manifest', () => {
    const component = {
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Component',
      metadata: { name: 'shop' },
    };
    expect(isDeploymentsAvailable(component)).toBe(false);
    expect(
      isDeploymentsAvailable({
        ...component,
        metadata: {
          name: 'shop',
          annotations: { 'slipway.dev/manifest': './deploy.yaml' },
        },
      }),
    ).toBe(true);
  });

  it('serves portals on the old frontend system', () => {
    expect(legacy.deploymentsPlugin.getId()).toBe('deployments');
    expect([...legacy.deploymentsPlugin.getApis()]).toHaveLength(1);
  });
});
