import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
  TestBackend,
} from '@backstage/backend-test-utils';
import { Entity, RELATION_OWNED_BY } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import deploymentsPlugin from '@slipway/plugin-deployments-backend';
import vpsModule from '@slipway/plugin-deployments-backend-module-vps';
import {
  DeploymentsClient,
  environmentNameSchema,
  MANIFEST_ANNOTATION,
  PlanRequest,
  Release,
  Run,
  serviceRefSchema,
} from '@slipway/plugin-deployments-common';
import { Deployer } from './Deployer';
import { DeployerOptions } from './SshHost';

const SERVICE = serviceRefSchema.parse('component:default/bench');
const PRODUCTION = environmentNameSchema.parse('production');
const OWNER = 'group:default/bench';

/** Far above what a deployment takes, milliseconds. */
const RUN_TIMEOUT_MS = 60_000;

/**
 * This product as people use it: its backend over HTTP, with plan, database, engine, observation and the SSH transport. A
 * deployment is timed from the request for its plan to the end of its run.
 */
export class SlipwayDeployer implements Deployer {
  readonly name = 'slipway';
  readonly #options: DeployerOptions;
  #forge: Server | undefined;
  #backend: TestBackend | undefined;
  #client: DeploymentsClient | undefined;

  constructor(
    readonly port: number,
    options: DeployerOptions,
  ) {
    this.#options = options;
  }

  async prepare(): Promise<void> {
    const manifestUrl = await this.#serveManifest();
    this.#backend = await startTestBackend({
      features: [
        deploymentsPlugin,
        vpsModule,
        catalogServiceMock.factory({ entities: [createEntity(manifestUrl)] }),
        mockServices.rootConfig.factory({ data: this.#createConfig() }),
        mockServices.rootLogger.factory({ level: 'error' }),
      ],
    });
    const baseUrl = `http://localhost:${this.#backend.server.port()}/api/deployments`;
    this.#client = new DeploymentsClient({
      discoveryApi: { getBaseUrl: async () => baseUrl },
      fetchApi: {
        fetch: (url, init) =>
          fetch(url, {
            ...init,
            headers: {
              ...init?.headers,
              Authorization: mockCredentials.user.header(),
            },
          }),
      },
    });
    await this.deploy();
  }

  deploy(): Promise<void> {
    return this.#carryOut({
      operation: 'deploy',
      environment: PRODUCTION,
      ref: 'main',
    });
  }

  async rollback(): Promise<void> {
    const previous = await this.#findPrevious();
    await this.#carryOut({
      operation: 'rollback',
      environment: PRODUCTION,
      releaseId: previous.id,
    });
  }

  async stop(): Promise<void> {
    await this.#backend?.stop();
    this.#forge?.close();
  }

  get #api(): DeploymentsClient {
    if (!this.#client) {
      throw new Error('prepare has to come first');
    }
    return this.#client;
  }

  async #carryOut(request: PlanRequest): Promise<void> {
    const plan = await this.#api.createPlan(SERVICE, request);
    let run: Run = await this.#api.startRun({ planHash: plan.hash });
    run = await this.#api.waitForRun(run.id, RUN_TIMEOUT_MS);
    if (run.state.phase !== 'succeeded') {
      const { lines } = await this.#api.getLog(run.id);
      throw new Error(
        `The run is ${JSON.stringify(run.state)}:\n${lines
          .map(({ at, text }) => `${at} ${text}`)
          .join('\n')}`,
      );
    }
  }

  /** The release that was made before the one that serves. */
  async #findPrevious(): Promise<Release> {
    const [state, releases] = await Promise.all([
      this.#api.getService(SERVICE),
      this.#api.listReleases(SERVICE),
    ]);
    const [environment] = state.environments;
    const serving =
      environment.access === 'open' && environment.deployed?.release.id;
    const previous = releases.at(
      releases.findIndex(({ id }) => id === serving) + 1,
    );
    if (!serving || !previous) {
      throw new Error('There is no release to return to');
    }
    return previous;
  }

  #createConfig() {
    const { host, repository, workDirectory } = this.#options;
    return {
      backend: {
        reading: {
          allow: [{ host: `127.0.0.1:${portOf(this.#forge)}` }],
        },
        database: { client: 'better-sqlite3', connection: ':memory:' },
      },
      deployments: {
        workDirectory,
        source: {
          protocols: ['file'],
          allow: [`file://${repository}`],
        },
        connections: [
          {
            name: 'host',
            kind: 'vps',
            allow: [OWNER],
            ssh: {
              host: '127.0.0.1',
              port: host.port,
              user: host.user,
              identityFile: host.identityFile,
              knownHostsFile: host.knownHostsFile,
              directories: [host.directory],
              path: host.path,
              pm2Home: host.pm2Home,
            },
          },
        ],
      },
    };
  }

  async #serveManifest(): Promise<string> {
    const { host, repository } = this.#options;
    const manifest = JSON.stringify({
      apiVersion: 'slipway.dev/v1',
      repository: `file://${repository}`,
      environments: [
        {
          name: PRODUCTION,
          target: {
            kind: 'vps',
            connection: 'host',
            parameters: {
              directory: join(host.directory, 'slipway'),
              port: this.port,
              script: 'server.js',
              instances: 2,
              waitReady: true,
            },
          },
          health: { path: '/healthz', releaseField: 'release' },
        },
      ],
    });
    const forge = createServer((_request, response) => {
      response.setHeader('Content-Type', 'application/yaml');
      response.end(manifest);
    });
    await new Promise<void>(resolve => {
      forge.listen(0, '127.0.0.1', resolve);
    });
    this.#forge = forge;
    return `http://127.0.0.1:${portOf(forge)}/deploy.yaml`;
  }
}

function portOf(server: Server | undefined): number {
  const address = server?.address() as AddressInfo | null | undefined;
  if (!address) {
    throw new Error('The server does not listen');
  }
  return address.port;
}

function createEntity(manifestUrl: string): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      name: 'bench',
      namespace: 'default',
      annotations: { [MANIFEST_ANNOTATION]: manifestUrl },
    },
    spec: { type: 'service' },
    relations: [{ type: RELATION_OWNED_BY, targetRef: OWNER }],
  };
}
