import {
  describeTargetKills,
  describeWithPrograms,
} from '@slipway/plugin-deployments-node/testUtils';
import { startSshHost } from './testing/startSshHost';
import { VpsHarness } from './testing/VpsHarness';

describeWithPrograms('over a real sshd', ['sshd', 'ssh', 'rsync'], () => {
  describeTargetKills('vps, over SSH', new VpsHarness(startSshHost));
});
