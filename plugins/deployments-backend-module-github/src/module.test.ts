import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import {
  CheckProvider,
  deploymentChecksExtensionPoint,
} from '@slipway/plugin-deployments-node';
import github from './index';

describe('the module', () => {
  it('given a portal without integrations, when it starts, then the kind of check github is there', async () => {
    const providers: CheckProvider[] = [];
    const backend = await startTestBackend({
      extensionPoints: [
        [
          deploymentChecksExtensionPoint,
          {
            addProvider: provider => providers.push(provider as CheckProvider),
          },
        ],
      ],
      features: [github, mockServices.rootConfig.factory({ data: {} })],
    });

    expect(providers.map(({ kind }) => kind)).toEqual(['github']);
    await backend.stop();
  });
});
