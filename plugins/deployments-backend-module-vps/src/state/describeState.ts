import {
  commitIdSchema,
  digestSchema,
  Health,
  ObservedRelease,
  ObservedState,
  ProcessState,
  releaseIdSchema,
} from '@slipway/plugin-deployments-common';
import { VpsEnvironment } from '../types';
import { Observation, ReleaseRecord } from './observation';

/** How long a service is not in good health after one of its processes died, milliseconds. */
const RESTLESS_MS = 5 * 60_000;

/** What a host said, in the words that all targets share. */
export function describeState(
  environment: VpsEnvironment,
  observation: Observation,
  askedAt: string,
): ObservedState {
  const { parameters, connection } = environment;
  const { current, releases, processes, port, instances } = observation;
  const serving = processes.filter(({ outgoing }) => !outgoing);
  const runningId = findRunningId(observation);
  const linked = releases.find(({ directory }) => directory === current);
  const isPresent = runningId !== null || linked !== undefined;
  return {
    reach: 'reached',
    askedAt,
    release: isPresent
      ? describeRunning(releases, runningId ?? linked?.id ?? null)
      : null,
    ...describeHealth({ observation, linked, runningId }),
    processes: serving.map(describeProcess),
    desiredProcesses: isPresent ? instances : null,
    keptReleases: releases
      .filter(
        ({ verifiedAt, directory }) => verifiedAt || directory === current,
      )
      .map(describeRelease),
    url:
      parameters.url ??
      `http://${connection.options.transport === 'ssh' ? connection.options.host : 'localhost'}:${port}`,
  };
}

/** The application's own word goes first, then that of PM2. */
function findRunningId({ health, processes }: Observation): string | null {
  const online = processes.find(
    ({ status, outgoing }) => status === 'online' && !outgoing,
  );
  return health.release ?? online?.release ?? null;
}

function describeHealth(options: {
  observation: Observation;
  linked: ReleaseRecord | undefined;
  runningId: string | null;
}): { health: Health; healthReason: string | null } {
  const { observation, linked, runningId } = options;
  const { health, instances } = observation;
  const serving = observation.processes.filter(({ outgoing }) => !outgoing);
  const online = serving.filter(({ status }) => status === 'online');
  if (serving.length === 0 && !linked && !health.ok) {
    return { health: 'unknown', healthReason: 'nothing was deployed yet' };
  }
  const deaths = describeDeaths(serving, linked);
  if (!health.ok) {
    return {
      health: 'unhealthy',
      healthReason: [health.reason, deaths].filter(Boolean).join('; ') || null,
    };
  }
  if (online.length < instances) {
    return {
      health: 'degraded',
      healthReason: `${online.length} of ${instances} processes run`,
    };
  }
  if (new Set(online.map(({ release }) => release)).size > 1) {
    return {
      health: 'degraded',
      healthReason: 'the processes are of different releases',
    };
  }
  if (linked && runningId !== null && runningId !== linked.id) {
    return {
      health: 'degraded',
      healthReason: `current leads to ${linked.version}, and the processes are of another release`,
    };
  }
  return deaths === null
    ? { health: 'healthy', healthReason: null }
    : { health: 'degraded', healthReason: deaths };
}

/** That processes die and are started anew, which a look at one moment does not show; null where none does. */
function describeDeaths(
  processes: Observation['processes'],
  linked: ReleaseRecord | undefined,
): string | null {
  const restless = processes.filter(
    ({ deaths, ageMs }) =>
      deaths !== null && deaths > 0 && ageMs !== null && ageMs < RESTLESS_MS,
  );
  return restless.length === 0
    ? null
    : restless
        .map(
          ({ name, deaths }) =>
            `${name} died ${deaths === 1 ? 'once' : `${deaths} times`}`,
        )
        .join(', ')
        .concat(` since ${linked?.verifiedAt ?? 'it was deployed'}`);
}

/** Something that runs and is no release of ours is shown with what it says of itself. */
function describeRunning(
  releases: readonly ReleaseRecord[],
  id: string | null,
): ObservedRelease {
  const known = releases.find(release => release.id === id);
  return known
    ? describeRelease(known)
    : {
        id: releaseIdSchema.safeParse(id).data ?? null,
        version: id ?? 'unknown',
        commitId: null,
        digest: null,
      };
}

function describeRelease(record: ReleaseRecord): ObservedRelease {
  return {
    id: releaseIdSchema.safeParse(record.id).data ?? null,
    version: record.version,
    commitId: commitIdSchema.safeParse(record.commitId).data ?? null,
    digest: digestSchema.safeParse(record.digest).data ?? null,
  };
}

function describeProcess(
  process: Observation['processes'][number],
): ProcessState {
  return {
    name: process.name,
    status: describeStatus(process.status),
    restarts: process.restarts,
    cpuPercent: process.cpuPercent,
    memoryBytes:
      process.memoryBytes === null ? null : Math.round(process.memoryBytes),
    startedAt:
      process.startedAt === null
        ? null
        : new Date(process.startedAt).toISOString(),
  };
}

/** PM2's words for what a process does. */
function describeStatus(status: string): ProcessState['status'] {
  switch (status) {
    case 'online':
      return 'running';
    case 'launching':
    case 'waiting restart':
    case 'one-launch-status':
      return 'starting';
    case 'stopped':
    case 'stopping':
      return 'stopped';
    case 'errored':
      return 'failed';
    default:
      return 'unknown';
  }
}
