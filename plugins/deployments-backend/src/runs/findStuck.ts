import { Stuck } from '@slipway/plugin-deployments-common';
import { RunRecord, StepRecord, Stores } from '../stores';
import { describeDuration } from './describeDuration';
import { findUsualDurations } from './usualDurations';

/** What a run does besides its steps takes less: reading the manifest, fetching the source, computing the plan again, asking the target. */
const PATIENCE_MS = 10 * 60_000;

/** How long a run may wait for a worker; they look again after a minute at most. */
const UNCLAIMED_MS = 5 * 60_000;

/** For steps of which it is not known how long they may take. */
const DEFAULT_TIMEOUT_MS = 60 * 60_000;

const MEND =
  'Look at what runs there, then release the environment: the run ends errored, and the next one goes on.';

/** Finds out whether the run that holds an environment is stuck. Workers write more often, so no run that is at work is. */
export async function findStuck(options: {
  stores: Stores;
  of: Pick<RunRecord, 'serviceRef' | 'environment'>;
  /** The present moment, milliseconds since 1970. */
  at?: number;
}): Promise<Stuck | null> {
  const { stores, of, at = Date.now() } = options;
  const { heldBy } = await stores.environments.get(of);
  const run = heldBy && (await stores.runs.get(heldBy));
  if (!run) {
    return null;
  }
  const steps = await stores.steps.list([run.id]);
  const since = findLastSign(run, steps, await stores.logs.getLastTime(run.id));
  const silentMs = at - Date.parse(since);
  const why = judge({ run, steps, silentMs });
  if (why === null) {
    return null;
  }
  return {
    runId: run.id,
    requestedBy: run.requestedBy,
    since,
    why: `${why}${await describeUsual(stores, run, steps)}`,
    mend: MEND,
  };
}

/** When something last happened to a run. */
function findLastSign(
  run: RunRecord,
  steps: readonly StepRecord[],
  lastLine: string | null,
): string {
  return [
    run.phaseSince,
    lastLine ?? '',
    ...steps.flatMap(step => [step.startedAt ?? '', step.finishedAt ?? '']),
  ].reduce((latest, at) => (at > latest ? at : latest));
}

/** Why a run that holds its environment is stuck; null where it is not. */
function judge(options: {
  run: RunRecord;
  steps: readonly StepRecord[];
  silentMs: number;
}): string | null {
  const { run, steps, silentMs } = options;
  const silent = describeDuration(Math.max(silentMs, 0));
  switch (run.phase) {
    case 'waiting-for-approval':
    case 'waiting-for-gates':
      return 'The run does not wait for the environment, and yet has it.';
    case 'succeeded':
    case 'failed':
    case 'errored':
    case 'cancelled':
    case 'rejected':
      return 'The run has ended, and yet has the environment.';
    case 'queued':
    case 'running': {
      if (run.claimedBy === null && silentMs > UNCLAIMED_MS) {
        return `No worker of the portal has taken the run on for ${silent}.`;
      }
      const step = steps.find(({ status }) => status === 'started');
      if (silentMs <= findPatience(step, steps)) {
        return null;
      }
      return step
        ? `“${step.title}” has given no sign for ${silent}, and may take ${describeDuration(step.timeoutMs ?? DEFAULT_TIMEOUT_MS)}.`
        : `Nothing has happened for ${silent}.`;
    }
    default:
      return run.phase satisfies never;
  }
}

/** How long a run that has a worker may give no sign: as long as its present step may take, and where none is begun, what is taken back, as long as any. */
function findPatience(
  present: StepRecord | undefined,
  steps: readonly StepRecord[],
): number {
  const timeouts = (present ? [present] : steps).map(
    ({ timeoutMs }) => timeoutMs ?? DEFAULT_TIMEOUT_MS,
  );
  return Math.max(0, ...timeouts) + PATIENCE_MS;
}

async function describeUsual(
  stores: Stores,
  run: RunRecord,
  steps: readonly StepRecord[],
): Promise<string> {
  const step = steps.find(({ status }) => status === 'started');
  const usual = step && (await findUsualDurations({ stores, ...run }));
  const usualMs = step && usual?.stepMs.get(step.id);
  return usualMs ? ` It usually takes ${describeDuration(usualMs)}.` : '';
}
