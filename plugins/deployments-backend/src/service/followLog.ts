import { LogLine, RunId } from '@slipway/plugin-deployments-common';
import { ChangeFeed } from '../runs';
import { LogStore } from '../stores';
import { watchRun } from './watchRun';

/** How many lines come at once. */
const BATCH_LINES = 1_000;

/** How long to wait for word of new lines: another replica's are found by looking. */
const LOOK_AGAIN_MS = 1_000;

/** Lines of a run's log as they are written, from the line after `after`; ends when the run is finished and all were given, or when aborted. */
export async function* followLog(options: {
  logs: LogStore;
  changes: ChangeFeed;
  runId: RunId;
  after: number;
  signal: AbortSignal;
}): AsyncGenerator<LogLine[], void> {
  const { logs, changes, runId, signal } = options;
  let { after } = options;
  const watch = watchRun({ changes, runId });
  try {
    while (!signal.aborted) {
      const page = await logs.page({ runId, after, limit: BATCH_LINES });
      const last = page.lines.at(-1);
      if (last) {
        after = last.line;
        yield page.lines;
      } else if (page.finished) {
        return;
      } else {
        await watch.next({ timeoutMs: LOOK_AGAIN_MS, signal });
      }
    }
  } finally {
    watch.stop();
  }
}
