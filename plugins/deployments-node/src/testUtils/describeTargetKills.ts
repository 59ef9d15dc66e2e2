import { Kill } from './ConformanceDriver';
import { ConformanceHarness } from './ConformanceHarness';
import {
  expectKept,
  expectServing,
  prepareConformance,
} from './prepareConformance';

/**
 * What every kind of target has to bear: a worker killed within and after each of its steps, and another that takes over. Call it in a
 * test file, once for a target whose steps are the same over several transports.
 */
export function describeTargetKills(
  name: string,
  harness: ConformanceHarness,
): void {
  describe(`killed workers of ${name}`, () => {
    const begin = prepareConformance(harness);

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
