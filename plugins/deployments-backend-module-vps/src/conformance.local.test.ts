import { describeTargetConformance } from '@slipway/plugin-deployments-node/testUtils';
import { TestHost } from './testing/TestHost';
import { VpsHarness } from './testing/VpsHarness';

describeTargetConformance(
  'vps, on the local machine',
  new VpsHarness(() => TestHost.create()),
);
