import { z } from 'zod';
import { createApplicationVariables } from '../site';
import { VpsEnvironment, VpsStep, VpsTools } from '../types';
import { readPreparedHost } from './checkHostStep';
import { onHost } from './onHost';

/** Time for what comes before and after the wait, milliseconds. */
const MARGIN_MS = 30_000;

/** Starts the new release on a spare port, with its real environment, and stops it again once it was seen in good health. */
export function checkCandidateStep(
  tools: VpsTools,
  { spec }: VpsEnvironment,
): VpsStep {
  return {
    id: 'check-candidate',
    title: 'Check candidate',
    timeoutMs: spec.health.timeout + MARGIN_MS,
    switches: false,
    async run(context) {
      const { environment, release } = context;
      await onHost(tools, context, {
        task: 'candidate',
        input: {
          directory: readPreparedHost(context).directory,
          releaseId: release.id,
          env: createApplicationVariables(environment, release),
          sparePort: environment.parameters.sparePort ?? null,
        },
        result: z.null(),
      });
      return {};
    },
    // A candidate that was left behind is stopped by the next one.
    reconcile: async () => ({ outcome: 'redo' }),
  };
}
