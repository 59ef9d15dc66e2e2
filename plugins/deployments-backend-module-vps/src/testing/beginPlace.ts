import { Release } from '@slipway/plugin-deployments-common';
import {
  ConformanceDriver,
  DriveRequest,
} from '@slipway/plugin-deployments-node/testUtils';
import { VpsEnvironment } from '../types';
import { EnvironmentOptions, VpsHarness } from './VpsHarness';

/** A service, one environment of it as the test wants it, and a worker that deploys to it. */
export async function beginPlace(
  harness: VpsHarness,
  options: EnvironmentOptions & {
    change?: (environment: VpsEnvironment) => VpsEnvironment;
  } = {},
) {
  const { change = same => same, ...rest } = options;
  const place = await harness.createPlace();
  const environment = change(await place.createEnvironment('staging', rest));
  const driver = await ConformanceDriver.create(harness, place);
  return {
    place,
    environment,
    driver,
    deploy: (
      release: Release,
      previous: Release | null,
      more: Partial<DriveRequest> = {},
    ) =>
      driver.drive({
        operation: 'deploy',
        environment,
        release,
        previous,
        ...more,
      }),
  };
}
