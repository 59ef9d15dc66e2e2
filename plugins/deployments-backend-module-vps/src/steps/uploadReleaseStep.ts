import path from 'node:path';
import { z } from 'zod';
import { VpsStep, VpsTools } from '../types';
import { withWorkspace } from '../workspace';
import { readPreparedHost } from './checkHostStep';
import { findReleaseArchive } from './findReleaseArchive';
import { onHost } from './onHost';

/** What is made on the host, and so is not part of what goes there. */
const MADE_ON_HOST = ['node_modules', '.slipway'];

/** Brings what is in the archive to the host; what is the same as in the release that serves now becomes a hard link to it. */
export function uploadReleaseStep(tools: VpsTools): VpsStep {
  return {
    id: 'upload-release',
    title: 'Upload release',
    timeoutMs: 1_800_000,
    switches: false,
    async run(context) {
      const { environment, log, signal } = context;
      const { digest } = findReleaseArchive(context);
      const prepared = readPreparedHost(context);
      await withWorkspace(tools.workspaces, async unpacked => {
        await tools.archives.unpack(digest, unpacked);
        if (prepared.complete) {
          log.info(`The host has ${prepared.directory} already.`);
          return;
        }
        log.info(`Uploading ${digest} to ${prepared.directory}.`);
        await tools.hosts.open(environment.connection.options).upload({
          from: unpacked,
          to: path.posix.join(
            environment.parameters.directory,
            'releases',
            prepared.directory,
          ),
          linkTo: prepared.previous?.directory ?? null,
          spare: MADE_ON_HOST,
          onOutput: text => log.stdout(text),
          signal,
        });
      });
      return {};
    },
    // What is there already is not sent again.
    reconcile: async () => ({ outcome: 'redo' }),
    async undo(context) {
      const { directory, complete } = readPreparedHost(context);
      if (!complete) {
        await onHost(tools, context, {
          task: 'discard',
          input: { releaseId: context.release.id, directory },
          result: z.null(),
        });
      }
    },
  };
}
