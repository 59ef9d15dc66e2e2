import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Release, serviceRefSchema } from '@slipway/plugin-deployments-common';
import { manifestSchema, Secret } from '@slipway/plugin-deployments-node';
import {
  ConformanceHarness,
  ConformancePlace,
  ConformanceWorker,
  Served,
  TestRepository,
} from '@slipway/plugin-deployments-node/testUtils';
import { z } from 'zod';
import { findArchive } from '../archive/ArchiveStore';
import { VpsEnvironment } from '../types';
import { VpsTarget } from '../VpsTarget';
import { Behaviour, createSampleFiles } from './sampleApplication';
import { TestHost } from './TestHost';
import { findFreePort } from './findFreePort';

const DEPLOY_STEPS = [
  'build-release',
  'check-host',
  'upload-release',
  'install-dependencies',
  'check-candidate',
  'switch-release',
  'reload-processes',
  'verify-release',
  'prune-releases',
];

const ROLLBACK_STEPS = [
  'check-host',
  'switch-release',
  'reload-processes',
  'verify-release',
];

const RECOVER_STEPS = [
  'switch-back',
  'reload-previous-processes',
  'verify-previous-release',
  'discard-failed-release',
];

const KEEP_RELEASES = 3;

/** What a test may change in an environment's manifest. */
export type EnvironmentOptions = {
  manifest?: Record<string, unknown>;
  environment?: Record<string, unknown>;
  parameters?: Record<string, unknown>;
  secrets?: Record<string, string>;
};

/** A service with its repository, to be deployed to a real host. */
export type VpsPlace = Omit<
  ConformancePlace<VpsEnvironment>,
  'source' | 'createRelease'
> & {
  readonly source: TestRepository;
  createRelease(
    behaviour: Behaviour,
    files?: Record<string, string>,
  ): Promise<Release>;
  createEnvironment(
    name: string,
    options?: EnvironmentOptions,
  ): Promise<VpsEnvironment>;
};

/** Deploys a sample application to a real host, with real PM2. */
export class VpsHarness implements ConformanceHarness<VpsEnvironment> {
  readonly deploySteps = DEPLOY_STEPS;
  readonly rollbackSteps = ROLLBACK_STEPS;
  readonly recoverSteps = RECOVER_STEPS;
  readonly keepReleases = KEEP_RELEASES;
  readonly timeoutMs = 60_000;
  readonly #startHost: () => Promise<TestHost>;
  #host: TestHost | undefined;
  #workDirectory = '';

  constructor(startHost: () => Promise<TestHost>) {
    this.#startHost = startHost;
  }

  get host(): TestHost {
    if (!this.#host) {
      throw new Error('The harness was not started.');
    }
    return this.#host;
  }

  get workDirectory(): string {
    return this.#workDirectory;
  }

  async start(): Promise<void> {
    this.#workDirectory = await mkdtemp(
      path.join(os.tmpdir(), 'slipway-work-'),
    );
    this.#host = await this.#startHost();
  }

  async stop(): Promise<void> {
    await this.#host?.stop();
    await rm(this.#workDirectory, { recursive: true, force: true });
  }

  async startWorker(): Promise<ConformanceWorker & { target: VpsTarget }> {
    const target = new VpsTarget({ workDirectory: this.#workDirectory });
    return { target, stop: () => target.close() };
  }

  async createPlace(): Promise<VpsPlace> {
    const { host } = this;
    const id = randomUUID().slice(0, 8);
    const serviceRef = serviceRefSchema.parse(`component:default/shop-${id}`);
    const source = await TestRepository.create(
      path.join(this.#workDirectory, 'repositories', id),
    );
    const createEnvironment = (name: string, options?: EnvironmentOptions) =>
      this.#createEnvironment({ serviceRef, id, name, ...options });
    return {
      source,
      createEnvironment,
      staging: await createEnvironment('staging'),
      production: await createEnvironment('production'),
      createRelease: (behaviour: Behaviour, files = {}) =>
        source.createRelease(serviceRef, {
          ...createSampleFiles(behaviour),
          ...files,
        }),
      ask: askHealth,
      loseArtifacts: async release => {
        const digest = findArchive(release)?.digest ?? '';
        await rm(
          path.join(
            this.#workDirectory,
            'vps/archives',
            `${digest.replace('sha256:', '')}.tgz`,
          ),
        );
      },
      causeDrift: (environment, release) =>
        host.serveBehindOurBack(environment, release),
      misreport: lie => host.letPm2Lie(lie),
    };
  }

  async #createEnvironment(
    options: EnvironmentOptions & {
      serviceRef: VpsEnvironment['serviceRef'];
      id: string;
      name: string;
    },
  ): Promise<VpsEnvironment> {
    const { serviceRef, id, name, secrets = {} } = options;
    const target = new VpsTarget({ workDirectory: this.#workDirectory });
    const port = await findFreePort();
    const manifest = manifestSchema.parse({
      apiVersion: 'slipway.dev/v1',
      ...options.manifest,
      environments: [
        {
          name,
          target: { kind: 'vps', connection: 'host' },
          health: { releaseField: 'release', timeout: '5s' },
          variables: { MAIN_PORT: String(port) },
          ...options.environment,
        },
      ],
    });
    return {
      serviceRef,
      name,
      manifest,
      spec: manifest.environments[0],
      parameters: target.parametersSchema.parse({
        directory: path.join(this.host.directory, id, name),
        port,
        script: 'server.js',
        keepReleases: KEEP_RELEASES,
        stopTimeout: '2s',
        ...options.parameters,
      }),
      connection: {
        name: 'host',
        options: target.connectionSchema.parse(this.host.connection),
      },
      secrets: new Map(
        Object.entries(secrets).map(([variable, value]) => [
          variable,
          new Secret(variable, value),
        ]),
      ),
    };
  }
}

/** As users ask. */
async function askHealth({ parameters }: VpsEnvironment): Promise<Served> {
  try {
    const answer = await fetch(`http://localhost:${parameters.port}/healthz`);
    const { release } = z
      .object({ release: z.string() })
      .parse(await answer.json());
    return { release, healthy: answer.ok };
  } catch {
    return { release: null, healthy: false };
  }
}
