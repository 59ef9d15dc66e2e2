import { ObservedState } from '@slipway/plugin-deployments-common';
import { ConformanceHarness } from './ConformanceHarness';
import {
  expectKept,
  expectServing,
  prepareConformance,
} from './prepareConformance';

/**
 * What every kind of target has to do, tried on the real thing. Call it in a test file; the harness says how to get
 * at the real thing. `describeTargetKills` is the other half.
 */
export function describeTargetConformance(
  name: string,
  harness: ConformanceHarness,
): void {
  describe(`conformance of ${name}`, () => {
    const begin = prepareConformance(harness);

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
  });
}

function digestOf(state: ObservedState): string | null | undefined {
  return state.reach === 'reached' ? state.release?.digest : undefined;
}
