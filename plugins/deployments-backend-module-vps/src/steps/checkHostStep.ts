import { releaseIdSchema } from '@slipway/plugin-deployments-common';
import { z } from 'zod';
import { findArchive } from '../archive/ArchiveStore';
import { VpsStep, VpsStepContext, VpsTools } from '../types';
import { findReleaseArchive } from './findReleaseArchive';
import { onHost } from './onHost';

const ID = 'check-host';

const preparedSchema = z.object({
  /** Name of the release's directory below `releases/`. */
  directory: z.string(),
  /** Whether the host has the release already, whole. */
  complete: z.boolean(),
  /** What `current` leads to, which the portal need not know. */
  previous: z
    .object({
      id: releaseIdSchema,
      version: z.string(),
      /** Absolute. */
      directory: z.string(),
    })
    .nullable(),
});
export type PreparedHost = z.infer<typeof preparedSchema>;

/** Checks that the release can be put on the host, and decides where. Everything that is not right there is found here, before anything changes. */
export function checkHostStep(tools: VpsTools): VpsStep {
  return {
    id: ID,
    title: 'Check host',
    timeoutMs: 60_000,
    switches: false,
    async run(context) {
      const { release, environment, operation } = context;
      const host = tools.hosts.open(environment.connection.options);
      const output = await onHost(tools, context, {
        task: 'prepare',
        input: {
          owner: `${environment.serviceRef}#${environment.name}`,
          releaseId: release.id,
          restore: operation === 'rollback' ? release.id : null,
          proposedDirectory: nameDirectory(context),
          tools: ['npm', 'pm2', ...host.tools],
          sizeBytes:
            operation === 'rollback'
              ? (findArchive(release)?.sizeBytes ?? 0)
              : findReleaseArchive(context).sizeBytes,
        },
        result: preparedSchema,
      });
      return { output };
    },
    reconcile: async () => ({ outcome: 'redo' }),
  };
}

/** What the check found, for the steps after it. */
export function readPreparedHost({
  outputs,
}: Pick<VpsStepContext, 'outputs'>): PreparedHost {
  return preparedSchema.parse(outputs[ID]);
}

/** `20261121T125000Z-2.14.0-1f3c9a7e`: sorts by time, and tells people what it is. */
function nameDirectory({ release }: VpsStepContext): string {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const version = release.version.replace(/[^A-Za-z0-9._+]/g, '_').slice(0, 60);
  return `${time}-${version}-${release.id.slice(0, 8)}`;
}
