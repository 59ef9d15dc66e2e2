import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import { MANIFEST_ANNOTATION } from '@slipway/plugin-deployments-common';
import { locateManifest } from './locateManifest';

function locate(annotations: Record<string, string>) {
  return locateManifest({
    integrations: ScmIntegrations.fromConfig(
      new ConfigReader({ integrations: { github: [{ host: 'github.com' }] } }),
    ),
    entity: {
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Component',
      metadata: { name: 'shop', annotations },
    },
  });
}

describe('locateManifest', () => {
  it.each([
    [
      'a path and a directory of a forge',
      'deploy.yaml',
      'url:https://github.com/acme/shop/tree/main/',
      'https://github.com/acme/shop/tree/main/deploy.yaml',
      'https://github.com/acme/shop',
    ],
    [
      'a directory without its slash',
      './ops/deploy.yaml',
      'url:https://github.com/acme/shop/tree/main',
      'https://github.com/acme/shop/tree/main/ops/deploy.yaml',
      'https://github.com/acme/shop',
    ],
    [
      'a directory within a repository',
      'deploy.yaml',
      'url:https://github.com/acme/mono/tree/main/services/shop/',
      'https://github.com/acme/mono/tree/main/services/shop/deploy.yaml',
      'https://github.com/acme/mono',
    ],
    [
      'a plain web server',
      'deploy.yaml',
      'url:http://localhost:9000/shop/',
      'http://localhost:9000/shop/deploy.yaml',
      'http://localhost:9000/shop',
    ],
    [
      'a whole URL',
      'https://forge.test/elsewhere/deploy.yaml',
      'url:https://github.com/acme/shop/tree/main/',
      'https://forge.test/elsewhere/deploy.yaml',
      'https://github.com/acme/shop',
    ],
  ])(
    'given %s, then manifest and repository are found',
    (_, manifest, source, url, repository) => {
      expect(
        locate({
          [MANIFEST_ANNOTATION]: manifest,
          'backstage.io/source-location': source,
        }),
      ).toMatchObject({
        found: true,
        url,
        repository: expect.stringContaining(repository),
      });
    },
  );

  it('given a component whose catalog-info lies beside the manifest, then that is enough', () => {
    expect(
      locate({
        [MANIFEST_ANNOTATION]: 'deploy.yaml',
        'backstage.io/managed-by-location':
          'url:https://github.com/acme/shop/blob/main/catalog-info.yaml',
      }),
    ).toMatchObject({
      found: true,
      url: 'https://github.com/acme/shop/tree/main/deploy.yaml',
    });
  });

  it.each([
    ['no annotation', {}, /no annotation slipway\.dev\/manifest/],
    [
      'a path without a source location',
      { [MANIFEST_ANNOTATION]: 'deploy.yaml' },
      /no source location/,
    ],
    [
      'a source location on a disk',
      {
        [MANIFEST_ANNOTATION]: 'deploy.yaml',
        'backstage.io/source-location': 'file:/srv/shop/',
      },
      /no source location/,
    ],
  ])('given %s, then it says what to add', (_, annotations, message) => {
    const location = locate(annotations);

    expect(location).toMatchObject({
      found: false,
      message: expect.stringMatching(message),
      mend: expect.stringMatching(/^Add the annotation/),
    });
  });
});
