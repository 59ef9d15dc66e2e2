import { mkdir, readdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { Release, releaseSchema } from '@slipway/plugin-deployments-common';
import { beginPlace } from './testing/beginPlace';
import { findFreePort } from './testing/findFreePort';
import { TestHost } from './testing/TestHost';
import { VpsHarness } from './testing/VpsHarness';
import { VpsEnvironment } from './types';

const TIMEOUT_MS = 60_000;

/** The same application, by another script. */
const NEXT_SERVER = "import './server.js';\n";

describe('the way back on a host', () => {
  const harness = new VpsHarness(() => TestHost.create());
  beforeAll(() => harness.start(), TIMEOUT_MS);
  afterAll(() => harness.stop(), TIMEOUT_MS);

  /** The environment as a later manifest has it, which no release before it can satisfy. */
  async function rewrite(environment: VpsEnvironment): Promise<VpsEnvironment> {
    const { spec, parameters } = environment;
    return {
      ...environment,
      parameters: {
        ...parameters,
        script: 'next.mjs',
        port: await findFreePort(),
        instances: 2,
      },
      spec: {
        ...spec,
        variables: { ...spec.variables, DB_PASSWORD: 'new' },
        health: { ...spec.health, path: '/healthz?new' },
        smoke: [{ name: 'is new', path: '/', status: 200, contains: 'wished' }],
      },
    };
  }

  const ask = async ({ parameters }: VpsEnvironment) =>
    (await fetch(`http://localhost:${parameters.port}/`)).json();

  it(
    'given a manifest that changed, when a release fails by it, then the one before serves with what it had served with (V4.1)',
    async () => {
      const { place, environment, driver, deploy } = await beginPlace(harness, {
        environment: {
          health: { releaseField: 'release', timeout: '2500ms' },
          variables: { DB_PASSWORD: 'old' },
        },
      });
      const good = await place.createRelease('good');
      expect(await deploy(good, null)).toMatchObject({ outcome: 'succeeded' });
      const rewritten = await rewrite(environment);

      expect(
        await deploy(
          await place.createRelease('good', { 'next.mjs': NEXT_SERVER }),
          good,
          { environment: rewritten },
        ),
      ).toMatchObject({
        outcome: 'failed',
        message: expect.stringContaining('Smoke check "is new"'),
        recovered: true,
      });

      expect(await ask(environment)).toMatchObject({
        release: good.id,
        password: 'old',
      });
      expect(await driver.observe(rewritten)).toMatchObject({
        health: 'healthy',
        release: { id: good.id },
        desiredProcesses: 1,
        processes: [{ status: 'running' }],
      });
      await driver.stop();
    },
    TIMEOUT_MS,
  );

  it(
    'given two releases whose ids begin alike, when the second is deployed, then it is not taken for the first',
    async () => {
      const { place, environment, driver, deploy } = await beginPlace(harness);
      const first = await place.createRelease('good');
      await deploy(first, null);
      const created = await place.createRelease('good');
      const second = releaseSchema.parse({
        ...created,
        id: `${first.id.slice(0, 8)}${created.id.slice(8)}`,
      });

      expect(await deploy(second, first)).toMatchObject({
        outcome: 'succeeded',
      });

      expect(await driver.observe(environment)).toMatchObject({
        release: { id: second.id },
        keptReleases: expect.arrayContaining([
          expect.objectContaining({ id: first.id }),
        ]),
      });
      await driver.stop();
    },
    TIMEOUT_MS,
  );

  it(
    'given a release that serves and that the portal does not know, when another fails, then it serves again (V4.1)',
    async () => {
      const { place, environment, driver, deploy } = await beginPlace(harness);
      const good = await place.createRelease('good');
      await deploy(good, null);

      expect(
        await deploy(await place.createRelease('unhealthy-once-serving'), null),
      ).toMatchObject({ outcome: 'failed', recovered: true });

      expect(await place.ask(environment)).toEqual({
        release: good.id,
        healthy: true,
      });
      await driver.stop();
    },
    TIMEOUT_MS,
  );

  it(
    'given releases, when they are pruned, then as many stay as are to be kept, and one that failed when it was deployed anew (V4.5)',
    async () => {
      const { place, environment, driver, deploy } = await beginPlace(harness);
      const releases: Release[] = [];
      for (let i = 0; i < 3; i++) {
        const release = await place.createRelease('good');
        await deploy(release, null);
        releases.push(release);
      }
      const [first, second, third] = releases.map(({ id }) => ({ id }));
      expect(await driver.observe(environment)).toMatchObject({
        keptReleases: [third, second, first],
      });
      const rewritten = await rewrite(environment);

      expect(
        await deploy(releases[0], releases[2], {
          environment: {
            ...rewritten,
            parameters: { ...rewritten.parameters, script: 'server.js' },
          },
        }),
      ).toMatchObject({ outcome: 'failed', recovered: true });

      expect(await driver.observe(environment)).toMatchObject({
        release: third,
        keptReleases: [third, second, first],
      });
      await driver.stop();
    },
    TIMEOUT_MS,
  );

  it(
    'given a link to something else, when a release is deployed, then that is refused before anything changes',
    async () => {
      const { place, environment, driver, deploy } = await beginPlace(harness);
      const { directory } = environment.parameters;
      await mkdir(path.join(directory, 'releases', 'by-hand'), {
        recursive: true,
      });
      await symlink('releases/by-hand', path.join(directory, 'current'));

      expect(
        await deploy(await place.createRelease('good'), null),
      ).toMatchObject({
        outcome: 'errored',
        message: expect.stringContaining('leads to by-hand'),
        recovered: false,
      });

      expect(await readdir(path.join(directory, 'releases'))).toEqual([
        'by-hand',
      ]);
      await driver.stop();
    },
    TIMEOUT_MS,
  );

  it(
    'given a manifest that changed, when one rolls back, then the release serves with what it had served with (V4.2)',
    async () => {
      const { place, environment, driver, deploy } = await beginPlace(harness, {
        environment: {
          health: { releaseField: 'release', timeout: '2500ms' },
          variables: { DB_PASSWORD: 'old' },
        },
      });
      const first = await place.createRelease('good');
      await deploy(first, null);
      const second = await place.createRelease('good');
      await deploy(second, first);

      expect(
        await deploy(first, second, {
          operation: 'rollback',
          environment: await rewrite(environment),
        }),
      ).toMatchObject({ outcome: 'succeeded' });

      expect(await ask(environment)).toMatchObject({
        release: first.id,
        password: 'old',
      });
      await driver.stop();
    },
    TIMEOUT_MS,
  );
});
