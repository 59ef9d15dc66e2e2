import { isError } from '@backstage/errors';
import { z } from 'zod';
import { VpsStep, VpsStepContext, VpsTools } from '../types';
import { readPreparedHost } from './checkHostStep';
import { onHost } from './onHost';

/** Removes releases that are too many (V4.5). */
export function pruneReleasesStep(tools: VpsTools): VpsStep {
  return tidyStep({
    id: 'prune-releases',
    title: 'Prune releases',
    async tidy(context) {
      const { environment, previous } = context;
      await onHost(tools, context, {
        task: 'prune',
        input: {
          keep: environment.parameters.keepReleases,
          previousId: previous?.id ?? null,
        },
        result: z.object({ removed: z.array(z.string()) }),
      });
    },
  });
}

/** Removes a release that failed, so that nobody rolls back to it. One that the host had before the run had served before, and stays. */
export function discardFailedStep(tools: VpsTools): VpsStep {
  return tidyStep({
    id: 'discard-failed-release',
    title: 'Discard failed release',
    async tidy(context) {
      if (!readPreparedHost(context).complete) {
        await onHost(tools, context, {
          task: 'discard',
          input: { releaseId: context.release.id, directory: null },
          result: z.null(),
        });
      }
    },
  });
}

/** A release that serves in good health must not be given up because something could not be tidied up after it. */
function tidyStep(options: {
  id: string;
  title: string;
  tidy(context: VpsStepContext): Promise<void>;
}): VpsStep {
  const { id, title, tidy } = options;
  return {
    id,
    title,
    timeoutMs: 300_000,
    switches: false,
    async run(context) {
      try {
        await tidy(context);
      } catch (error) {
        context.signal.throwIfAborted();
        const reason = isError(error) ? error.message : String(error);
        context.log.info(
          `${title} did not work; the next deployment tries again. ${reason}`,
        );
      }
      return {};
    },
    reconcile: async () => ({ outcome: 'redo' }),
  };
}
