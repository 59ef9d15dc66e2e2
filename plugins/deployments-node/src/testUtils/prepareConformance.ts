import { Release } from '@slipway/plugin-deployments-common';
import { TargetEnvironment } from '../target';
import { ConformanceDriver, DriveRequest } from './ConformanceDriver';
import { ConformanceHarness, ConformancePlace } from './ConformanceHarness';

/** Starts the real thing for the tests of the surrounding `describe`, and answers how a test of them begins. */
export function prepareConformance(harness: ConformanceHarness) {
  const drivers: ConformanceDriver[] = [];

  beforeAll(() => harness.start(), harness.timeoutMs);
  afterEach(async () => {
    await Promise.all(drivers.splice(0).map(driver => driver.stop()));
  }, harness.timeoutMs);
  afterAll(() => harness.stop(), harness.timeoutMs);

  /** A service in which nothing was deployed, and a driver for it. */
  async function begin() {
    const place = await harness.createPlace();
    const driver = await ConformanceDriver.create(harness, place);
    drivers.push(driver);
    const deploy = (
      release: Release,
      previous: Release | null,
      options: Partial<DriveRequest> = {},
    ) =>
      driver.drive({
        operation: 'deploy',
        environment: place.staging,
        release,
        previous,
        ...options,
      });
    /** Deploys good releases one after the other and returns them. */
    const deployGood = async (count: number) => {
      const releases: Release[] = [];
      for (let i = 0; i < count; i++) {
        const release = await place.createRelease('good');
        const { outcome, message } = await deploy(
          release,
          releases.at(-1) ?? null,
        );
        expect({ outcome, message }).toEqual({
          outcome: 'succeeded',
          message: '',
        });
        releases.push(release);
      }
      return releases;
    };
    return { place, driver, deploy, deployGood };
  }

  return begin;
}

/** Users get the release, and the target says the same. */
export async function expectServing(
  place: ConformancePlace,
  driver: ConformanceDriver,
  environment: TargetEnvironment,
  release: Release,
): Promise<void> {
  expect(await place.ask(environment)).toEqual({
    release: release.id,
    healthy: true,
  });
  expect(await driver.observe(environment)).toMatchObject({
    reach: 'reached',
    health: 'healthy',
    release: { id: release.id, version: release.version },
  });
}

/** The releases are among those that one can roll back to. Returns the ids of all of them. */
export async function expectKept(
  driver: ConformanceDriver,
  environment: TargetEnvironment,
  releases: Release[],
): Promise<Array<string | null>> {
  const state = await driver.observe(environment);
  const kept =
    state.reach === 'reached' ? state.keptReleases.map(({ id }) => id) : [];
  expect(kept).toEqual(
    expect.arrayContaining(releases.map(release => release.id)),
  );
  return kept;
}
