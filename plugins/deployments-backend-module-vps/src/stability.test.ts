import { beginPlace } from './testing/beginPlace';
import { TestHost } from './testing/TestHost';
import { VpsHarness } from './testing/VpsHarness';

const TIMEOUT_MS = 60_000;

describe('a service after its deployment', () => {
  const harness = new VpsHarness(() => TestHost.create());
  beforeAll(() => harness.start(), TIMEOUT_MS);
  afterAll(() => harness.stop(), TIMEOUT_MS);

  it(
    'given a process that dies, when PM2 has started it anew, then the service is degraded and not healthy, until a person restarts it (V7.1)',
    async () => {
      const { place, environment, driver, deploy } = await beginPlace(harness, {
        parameters: { processName: 'mortal' },
      });
      await deploy(await place.createRelease('good'), null);
      await deploy(await place.createRelease('good'), null);
      expect(await driver.observe(environment)).toMatchObject({
        health: 'healthy',
        processes: [{ restarts: 1 }],
      });
      const serves = async () => (await place.ask(environment)).healthy;

      process.kill(Number(await harness.host.pm2('pid', 'mortal')), 'SIGKILL');
      await waitFor(async () => {
        const state = await driver.observe(environment);
        return state.reach === 'reached' && state.processes[0].restarts === 2;
      });
      await waitFor(serves);

      expect(await driver.observe(environment)).toMatchObject({
        health: 'degraded',
        healthReason: expect.stringMatching(
          /^mortal-\d+ died once since \d{4}-\d{2}-\d{2}T/,
        ),
      });
      await harness.host.pm2('restart', 'mortal');
      await waitFor(serves);
      expect(await driver.observe(environment)).toMatchObject({
        health: 'healthy',
        healthReason: null,
      });
      await driver.stop();
    },
    TIMEOUT_MS,
  );
});

async function waitFor(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) {
    await new Promise(resolve => {
      setImmediate(resolve);
    });
  }
}
