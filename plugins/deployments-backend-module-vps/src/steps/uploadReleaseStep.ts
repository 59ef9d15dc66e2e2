import path from 'node:path';
import { z } from 'zod';
import { changesItself } from '../archive/changesItself';
import { VpsStep, VpsStepContext, VpsTools } from '../types';
import { withWorkspace } from '../workspace';
import { readPreparedHost } from './checkHostStep';
import { findReleaseArchive } from './findReleaseArchive';
import { onHost } from './onHost';

/** What is made on the host, and so is not part of what goes there. */
const MADE_ON_HOST = ['node_modules', '.slipway'];

const ID = 'upload-release';

const uploadedSchema = z.object({
  /** Whether installing its dependencies changes the release itself. */
  changesItself: z.boolean(),
});

/** Brings what is in the archive to the host; what is the same as in the release that serves now becomes a hard link to it. */
export function uploadReleaseStep(tools: VpsTools): VpsStep {
  return {
    id: ID,
    title: 'Upload release',
    timeoutMs: 1_800_000,
    switches: false,
    async run(context) {
      const { environment, log, signal } = context;
      const { digest } = findReleaseArchive(context);
      const prepared = readPreparedHost(context);
      return withWorkspace(tools.workspaces, async unpacked => {
        await tools.archives.unpack(digest, unpacked);
        const output = { changesItself: await changesItself(unpacked) };
        if (prepared.complete) {
          log.info(`The host has ${prepared.directory} already.`);
          return { output };
        }
        log.info(`Uploading ${digest} to ${prepared.directory}.`);
        await tools.hosts.open(environment.connection.options).upload({
          from: unpacked,
          to: path.posix.join(
            environment.parameters.directory,
            'releases',
            prepared.directory,
          ),
          // Files with two names would be changed under both.
          linkTo: output.changesItself
            ? null
            : (prepared.previous?.directory ?? null),
          spare: MADE_ON_HOST,
          onOutput: text => log.stdout(text),
          signal,
        });
        return { output };
      });
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

/** What is known of a release since it was uploaded, for the steps after that. */
export function readUploaded({ outputs }: Pick<VpsStepContext, 'outputs'>) {
  return uploadedSchema.parse(outputs[ID]);
}
