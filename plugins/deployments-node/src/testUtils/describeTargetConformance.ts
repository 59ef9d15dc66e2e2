import { ObservedState, Release } from '@slipway/plugin-deployments-common';
import { TargetEnvironment } from '../target';
import { ConformanceDriver, DriveRequest, Kill } from './ConformanceDriver';
import { ConformanceHarness, ConformancePlace } from './ConformanceHarness';

/**
 * What every kind of target has to do, tried on the real thing. Call it in a test file; the harness says how to get
 * at the real thing.
 */
export function describeTargetConformance(
  name: string,
  harness: ConformanceHarness,
): void {
  describe(`conformance of ${name}`, () => {
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

    it(
      'given nothing, when a commit is deployed, then users get it and the target says so itself',
      async () => {
        const { place, driver, deployGood } = await begin();
        expect(await driver.observe(place.staging)).toMatchObject({
          reach: 'reached',
          release: null,
          keptReleases: [],
        });

        const [release] = await deployGood(1);

        await expectServing(place, driver, place.staging, release);
        expect(release.artifacts.length).toBeGreaterThan(0);
      },
      harness.timeoutMs,
    );

    it(
      'given a release in staging, when it is promoted, then the same digests run in production and nothing is built',
      async () => {
        const { place, driver, deploy, deployGood } = await begin();
        const [release] = await deployGood(1);
        const artifacts = structuredClone(release.artifacts);

        const { outcome, steps } = await deploy(release, null, {
          operation: 'promote',
          environment: place.production,
        });

        expect(outcome).toBe('succeeded');
        expect(steps).not.toContain(harness.deploySteps[0]);
        expect(release.artifacts).toEqual(artifacts);
        await expectServing(place, driver, place.production, release);
        const states = await Promise.all(
          [place.staging, place.production].map(environment =>
            driver.observe(environment),
          ),
        );
        const [inStaging, inProduction] = states.map(digestOf);
        expect(inProduction).toBe(inStaging);
      },
      harness.timeoutMs,
    );

    it(
      'given a release whose artifact is gone, when it is promoted, then that is refused by the name of the artifact and nothing changes',
      async () => {
        const { place, driver, deploy, deployGood } = await begin();
        const [release] = await deployGood(1);
        await place.loseArtifacts(release);

        const { outcome, message } = await deploy(release, null, {
          operation: 'promote',
          environment: place.production,
        });

        expect(outcome).toBe('errored');
        expect(message).toContain(release.artifacts[0].digest);
        expect(await driver.observe(place.production)).toMatchObject({
          release: null,
        });
      },
      harness.timeoutMs,
    );

    it(
      'given a release that serves, when one that is not healthy is deployed, then users keep the first and nothing of the second is kept',
      async () => {
        const { place, driver, deploy, deployGood } = await begin();
        const [good] = await deployGood(1);
        const bad = await place.createRelease('unhealthy');

        const { outcome } = await deploy(bad, good);

        expect(outcome).toBe('failed');
        await expectServing(place, driver, place.staging, good);
        await expectKept(driver, place.staging, [good]);
      },
      harness.timeoutMs,
    );

    it(
      'given a release that serves, when one fails only once users meet it, then the first serves again by itself (V4.1)',
      async () => {
        const { place, driver, deploy, deployGood } = await begin();
        const [good] = await deployGood(1);
        const bad = await place.createRelease('unhealthy-once-serving');

        const { outcome, recovered } = await deploy(bad, good);

        expect({ outcome, recovered }).toEqual({
          outcome: 'failed',
          recovered: true,
        });
        await expectServing(place, driver, place.staging, good);
        await expectKept(driver, place.staging, [good]);
      },
      harness.timeoutMs,
    );

    it(
      'given a release that serves, when one dies a moment after it was ready, then that is no success and the first serves again (V3.5, V4.1)',
      async () => {
        const { place, driver, deploy, deployGood } = await begin();
        const [good] = await deployGood(1);
        const bad = await place.createRelease('dies-once-serving');

        const { outcome, recovered } = await deploy(bad, good);

        expect({ outcome, recovered }).toEqual({
          outcome: 'failed',
          recovered: true,
        });
        await expectServing(place, driver, place.staging, good);
      },
      harness.timeoutMs,
    );

    it(
      'given nothing, when the first release fails once users meet it, then nothing serves, as before',
      async () => {
        const { place, driver, deploy } = await begin();
        const bad = await place.createRelease('unhealthy-once-serving');

        const { outcome, recovered } = await deploy(bad, null);

        expect({ outcome, recovered }).toEqual({
          outcome: 'failed',
          recovered: true,
        });
        expect(await place.ask(place.staging)).toMatchObject({ release: null });
        expect(await driver.observe(place.staging)).toMatchObject({
          release: null,
          keptReleases: [],
        });
      },
      harness.timeoutMs,
    );

    it(
      'given three releases, when one rolls back to a chosen one, then it serves without being built (V4.2)',
      async () => {
        const { place, driver, deploy, deployGood } = await begin();
        const [first, , third] = await deployGood(3);

        const { outcome, steps } = await deploy(first, third, {
          operation: 'rollback',
        });

        expect(outcome).toBe('succeeded');
        expect(steps).not.toContain(harness.deploySteps[0]);
        await expectServing(place, driver, place.staging, first);
      },
      harness.timeoutMs,
    );

    it(
      'given more releases than are kept, when the last ones fail, then the one that serves and the last good one before it stay (V4.5)',
      async () => {
        const { place, driver, deploy, deployGood } = await begin();
        const releases = await deployGood(harness.keepReleases + 1);
        const [beforeLast, last] = releases.slice(-2);
        for (const kind of ['unhealthy-once-serving', 'unhealthy'] as const) {
          await deploy(await place.createRelease(kind), last);
        }

        await expectServing(place, driver, place.staging, last);
        const kept = await expectKept(driver, place.staging, [
          last,
          beforeLast,
        ]);
        expect(kept).toHaveLength(harness.keepReleases);
        expect(kept).not.toContain(releases[0].id);
      },
      harness.timeoutMs,
    );

    it(
      'given a release that serves, when another is put into its place behind our back, then the target says what really runs',
      async () => {
        const { place, driver, deployGood } = await begin();
        const [first, second] = await deployGood(2);

        await place.causeDrift(place.staging, first);

        expect(await driver.observe(place.staging)).toMatchObject({
          release: { id: first.id },
        });
        expect(first.id).not.toBe(second.id);
      },
      harness.timeoutMs,
    );

    it(
      'given a tool that says success and did nothing, when a release is deployed, then it is not believed and the old one serves',
      async () => {
        const { place, driver, deploy, deployGood } = await begin();
        const [good] = await deployGood(1);
        await place.misreport('success');

        const { outcome } = await deploy(
          await place.createRelease('good'),
          good,
        );

        expect(outcome).toBe('failed');
        await expectServing(place, driver, place.staging, good);
      },
      harness.timeoutMs,
    );

    it(
      'given a tool that says failure and did its work, when a release is deployed, then it is not believed and the new one serves',
      async () => {
        const { place, driver, deploy, deployGood } = await begin();
        const [good] = await deployGood(1);
        const next = await place.createRelease('good');
        await place.misreport('failure');

        const { outcome } = await deploy(next, good);

        expect(outcome).toBe('succeeded');
        await expectServing(place, driver, place.staging, next);
      },
      harness.timeoutMs,
    );

    it('knows every step', async () => {
      const { place, driver } = await begin();

      expect(driver.listSteps('deploy', place.staging)).toEqual(
        harness.deploySteps,
      );
      expect(driver.listSteps('rollback', place.staging)).toEqual(
        harness.rollbackSteps,
      );
      expect(driver.listSteps('recover', place.staging)).toEqual(
        harness.recoverSteps,
      );
    });

    it.each(listKills('there', harness.deploySteps))(
      'given a worker that is killed $moment $step of a deployment, when another takes over, then the old or the new release serves in good health',
      async kill => {
        const { place, driver, deploy, deployGood } = await begin();
        const [old] = await deployGood(1);
        const next = await place.createRelease('good');

        const { outcome } = await deploy(next, old, { kill });

        await expectServing(
          place,
          driver,
          place.staging,
          outcome === 'succeeded' ? next : old,
        );
      },
      harness.timeoutMs,
    );

    it.each(listKills('there', harness.rollbackSteps))(
      'given a worker that is killed $moment $step of a rollback, when another takes over, then one of the two releases serves in good health, and both are kept',
      async kill => {
        const { place, driver, deploy, deployGood } = await begin();
        const [first, second] = await deployGood(2);

        const { outcome } = await deploy(first, second, {
          operation: 'rollback',
          kill,
        });

        await expectServing(
          place,
          driver,
          place.staging,
          outcome === 'succeeded' ? first : second,
        );
        await expectKept(driver, place.staging, [first, second]);
      },
      harness.timeoutMs,
    );

    it.each(listKills('back', harness.recoverSteps))(
      'given a worker that is killed $moment $step of the way back, when another takes over, then the release from before serves in good health (V4.1)',
      async kill => {
        const { place, driver, deploy, deployGood } = await begin();
        const [good] = await deployGood(1);
        const bad = await place.createRelease('unhealthy-once-serving');

        const { outcome, recovered } = await deploy(bad, good, { kill });

        expect({ outcome, recovered }).toEqual({
          outcome: 'failed',
          recovered: true,
        });
        await expectServing(place, driver, place.staging, good);
        const kept = await expectKept(driver, place.staging, [good]);
        expect(kept).not.toContain(bad.id);
      },
      harness.timeoutMs,
    );
  });
}

function listKills(way: Kill['way'], steps: readonly string[]): Kill[] {
  return steps.flatMap(step => [
    { way, step, moment: 'in the middle of' as const },
    { way, step, moment: 'after' as const },
  ]);
}

/** Users get the release, and the target says the same. */
async function expectServing(
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
async function expectKept(
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

function digestOf(state: ObservedState): string | null | undefined {
  return state.reach === 'reached' ? state.release?.digest : undefined;
}
