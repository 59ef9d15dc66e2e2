import {
  Drift,
  ObservedState,
  Release,
} from '@slipway/plugin-deployments-common';

/**
 * Where what the target says differs from what we last deployed. A target that could not be asked has no drift: its
 * state is unknown. Neither has an environment into which we never deployed.
 */
export function computeDrift(options: {
  deployed: Release | null;
  observed: ObservedState | null;
}): Drift[] {
  const { deployed, observed } = options;
  if (!deployed || observed?.reach !== 'reached') {
    return [];
  }
  const drift: Drift[] = [];
  const running = observed.release;
  if (running?.id !== deployed.id) {
    drift.push({
      what: 'release',
      expected: deployed.version,
      actual: running?.version ?? 'nothing',
    });
  } else if (running.digest) {
    const digests = deployed.artifacts.map(({ digest }) => digest);
    if (digests.length > 0 && !digests.includes(running.digest)) {
      drift.push({
        what: 'artifact',
        expected: digests.join(', '),
        actual: running.digest,
      });
    }
  }
  const processes = observed.processes.filter(
    ({ status }) => status === 'running',
  ).length;
  if (
    observed.desiredProcesses !== null &&
    observed.desiredProcesses !== processes
  ) {
    drift.push({
      what: 'processes',
      expected: String(observed.desiredProcesses),
      actual: String(processes),
    });
  }
  return drift;
}
