import { buildRelease } from '../archive/buildRelease';
import { VpsEnvironment, VpsStep, VpsTools } from '../types';

/** Time for what comes before and after the commands of the manifest, milliseconds. */
const MARGIN_MS = 120_000;

/** Builds the release's archive on the portal's machine, once. */
export function buildReleaseStep(
  { archives, workspaces }: VpsTools,
  { manifest }: VpsEnvironment,
): VpsStep {
  return {
    id: 'build-release',
    title: 'Build release',
    timeoutMs: manifest.build.timeout + MARGIN_MS,
    switches: false,
    async run({ release, source, log, signal }) {
      const archive = await buildRelease({
        commitId: release.commit.id,
        build: manifest.build,
        source,
        archives,
        workspaces,
        log,
        signal,
      });
      return { output: { ...archive }, artifacts: [archive] };
    },
    // Nothing but a workspace that nobody will look at again was touched.
    reconcile: async () => ({ outcome: 'redo' }),
  };
}
