import { z } from 'zod';
import { VpsStep, VpsTools } from '../types';
import { readPreparedHost } from './checkHostStep';
import { findReleaseArchive } from './findReleaseArchive';
import { onHost } from './onHost';
import { readUploaded } from './uploadReleaseStep';

/** Gives the release its dependencies on the host (V5.1), and marks it complete. */
export function installDependenciesStep(tools: VpsTools): VpsStep {
  return {
    id: 'install-dependencies',
    title: 'Install dependencies',
    timeoutMs: 1_200_000,
    switches: false,
    async run(context) {
      const { release } = context;
      await onHost(tools, context, {
        task: 'install',
        input: {
          directory: readPreparedHost(context).directory,
          mayShare: !readUploaded(context).changesItself,
          record: {
            id: release.id,
            version: release.version,
            commitId: release.commit.id,
            digest: findReleaseArchive(context).digest,
            verifiedAt: null,
          },
        },
        result: z.null(),
      });
      return {};
    },
    // A half-made node_modules is thrown away.
    reconcile: async () => ({ outcome: 'redo' }),
  };
}
