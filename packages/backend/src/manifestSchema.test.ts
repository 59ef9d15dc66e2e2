import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  createMockDirectory,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import deploymentsPlugin from '@slipway/plugin-deployments-backend';
import githubModule from '@slipway/plugin-deployments-backend-module-github';
import vpsModule from '@slipway/plugin-deployments-backend-module-vps';
import request from 'supertest';

jest.setTimeout(60_000);

const FILE = path.resolve(__dirname, '../../../docs/manifest.schema.json');

describe('docs/manifest.schema.json', () => {
  const directory = createMockDirectory();

  it('given the kinds of this portal, then the file is what the backend serves; `yarn workspace backend write-manifest-schema` writes it anew', async () => {
    const { server } = await startTestBackend({
      features: [
        deploymentsPlugin,
        githubModule,
        vpsModule,
        catalogServiceMock.factory(),
        mockServices.rootConfig.factory({
          data: { deployments: { workDirectory: directory.path } },
        }),
      ],
    });
    const { body } = await request(server)
      .get('/api/deployments/manifest.schema.json')
      .expect(200);
    await server.stop();

    if (process.env.WRITE_MANIFEST_SCHEMA) {
      await writeFile(FILE, JSON.stringify(body, null, 2));
    }
    expect(JSON.parse(await readFile(FILE, 'utf8'))).toEqual(body);
  });
});
