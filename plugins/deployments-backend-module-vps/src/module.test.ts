import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import {
  DeploymentTarget,
  deploymentTargetsExtensionPoint,
} from '@slipway/plugin-deployments-node';
import vps from './index';

describe('the module', () => {
  it('given a backend, when it starts, then the target kind vps is there', async () => {
    const targets: DeploymentTarget[] = [];
    const backend = await startTestBackend({
      extensionPoints: [
        [
          deploymentTargetsExtensionPoint,
          { addTarget: target => targets.push(target as DeploymentTarget) },
        ],
      ],
      features: [vps, mockServices.rootConfig.factory({ data: {} })],
    });

    expect(targets.map(({ kind }) => kind)).toEqual(['vps']);
    await backend.stop();
  });
});
