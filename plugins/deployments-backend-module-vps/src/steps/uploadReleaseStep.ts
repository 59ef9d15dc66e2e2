import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { VpsStep, VpsTools } from '../types';
import { withWorkspace } from '../workspace';
import { readPreparedHost } from './checkHostStep';
import { findReleaseArchive } from './findReleaseArchive';
import { onHost } from './onHost';

/** What is made on the host, and so is not part of what goes there. */
const MADE_ON_HOST = ['node_modules', '.slipway'];

const packageSchema = z.object({
  workspaces: z.unknown().optional(),
  scripts: z.record(z.string(), z.unknown()).default({}),
});

/** Whether npm runs scripts of a release itself on the host: those may write into files, which then must not be those of another. */
async function mayWriteItself(release: string): Promise<boolean> {
  const text = await readFile(path.join(release, 'package.json'), 'utf8').catch(
    () => '{}',
  );
  const { workspaces, scripts } = packageSchema.parse(JSON.parse(text));
  return (
    workspaces !== undefined ||
    Object.keys(scripts).some(name =>
      /^(pre|post)?(install|prepare)$|^prepublish$/.test(name),
    )
  );
}

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
          linkTo: (await mayWriteItself(unpacked))
            ? null
            : (prepared.previous?.directory ?? null),
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
