import { createHash } from 'node:crypto';
import {
  commitIdSchema,
  Digest,
  EnvironmentName,
  Plan,
  planContentSchema,
  Release,
  ServiceRef,
} from '@slipway/plugin-deployments-common';
import {
  manifestSchema,
  Step,
  TargetEnvironment,
} from '@slipway/plugin-deployments-node';
import {
  digestEnvironment,
  hashPlan,
  RunDependencies,
  Stores,
} from '@slipway/plugin-deployments-backend/testUtils';

/** The kind of target that programs of this package bring. */
export const SAMPLE_KIND = 'sample';

/** An environment of a service that has nothing but a manifest. */
export function createSampleEnvironment(
  serviceRef: ServiceRef,
  name: EnvironmentName,
): TargetEnvironment {
  const manifest = manifestSchema.parse({
    apiVersion: 'slipway.dev/v1',
    environments: [
      { name, target: { kind: SAMPLE_KIND, connection: 'nowhere' } },
    ],
  });
  return {
    serviceRef,
    name,
    manifest,
    spec: manifest.environments[0],
    parameters: {},
    connection: { name: 'nowhere', options: {} },
    secrets: new Map(),
  };
}

/** The release of a version, from a commit that nobody made. */
export function createSampleRelease(
  stores: Stores,
  options: { serviceRef: ServiceRef; version: string },
): Promise<Release> {
  const id = createHash('sha1').update(options.version).digest('hex');
  return stores.releases.findOrCreate({
    ...options,
    commit: {
      id: commitIdSchema.parse(id),
      subject: `Release ${options.version}`,
      author: 'Ana',
      committedAt: '2026-11-20T10:00:00.000Z',
    },
  });
}

/** A plan to deploy a release, which nothing speaks against. */
export function createSamplePlan(options: {
  serviceRef: ServiceRef;
  environment: EnvironmentName;
  release: Release;
  steps: readonly Pick<Step, 'id' | 'title'>[];
  approvals?: number;
}): Plan {
  const { serviceRef, environment, release, approvals = 0 } = options;
  const content = planContentSchema.parse({
    serviceRef,
    environment,
    operation: 'deploy',
    manifest: digestOf(serviceRef, environment),
    from: null,
    to: {
      id: release.id,
      version: release.version,
      commitId: release.commit.id,
    },
    fromEnvironment: null,
    commits: { direction: 'first', items: [], total: 0 },
    artifacts: [],
    migrations: [],
    configuration: [],
    steps: options.steps.map(({ id, title }) => ({ id, title })),
    findings: [],
    approvals: { needed: approvals, groups: [], selfApproval: false },
    doesNotRevert: [],
  });
  return {
    hash: hashPlan(content),
    content,
    createdAt: new Date().toISOString(),
    usualMs: null,
  };
}

/** What runs need of the rest of the backend, where there is no rest. */
export function createSampleDependencies(
  targetOf: RunDependencies['targetOf'],
): RunDependencies {
  return {
    resolveEnvironment: async (serviceRef, name) =>
      createSampleEnvironment(serviceRef, name),
    targetOf,
    replan: async plan => plan,
    openSource: async () => ({
      checkout: async () => {},
      listFiles: async () => [],
      readFile: async () => null,
    }),
  };
}

function digestOf(serviceRef: ServiceRef, name: EnvironmentName): Digest {
  return digestEnvironment(createSampleEnvironment(serviceRef, name));
}
