import { mockServices } from '@backstage/backend-test-utils';
import { beginPlace } from '../testing/beginPlace';
import { TestHost } from '../testing/TestHost';
import { VpsHarness } from '../testing/VpsHarness';
import { describeWayBack } from './migrationSteps';

const TIMEOUT_MS = 60_000;

describe('describeWayBack', () => {
  it.each([
    { backup: ['pg_dump'], expected: /^Restore it from the backup/ },
    { backup: undefined, expected: /^No backup was made before/ },
    { restoreHint: 'psql < dump', expected: /^The way back: psql < dump$/ },
  ])('given $backup $restoreHint, then it promises nothing else', options => {
    const { expected, ...migrations } = options;

    expect(describeWayBack(migrations)).toMatch(expected);
  });
});

describe('the plan of migrations', () => {
  const harness = new VpsHarness(() => TestHost.create());
  beforeAll(() => harness.start(), TIMEOUT_MS);
  afterAll(() => harness.stop(), TIMEOUT_MS);

  it.each([
    { backup: undefined, severities: ['warning'] },
    { backup: ['true'], severities: [] },
  ])(
    'given new migrations and the backup $backup, when it is planned, then its findings are $severities',
    async ({ backup, severities }) => {
      const migrations = { directory: 'migrations', command: ['true'], backup };
      const { place, environment, driver } = await beginPlace(harness, {
        manifest: { migrations },
      });
      const to = await place.createRelease('good', { 'migrations/1.sql': '' });
      const { target, stop } = await harness.startWorker();

      const { findings } = await target.plan({
        operation: 'deploy',
        environment,
        observed: await driver.observe(environment),
        from: null,
        to,
        source: place.source,
        logger: mockServices.logger.mock(),
        signal: new AbortController().signal,
      });

      expect(findings.map(({ severity }) => severity)).toEqual(severities);
      await stop();
      await driver.stop();
    },
    TIMEOUT_MS,
  );
});
