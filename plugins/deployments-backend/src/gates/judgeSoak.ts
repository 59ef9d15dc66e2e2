import {
  EnvironmentName,
  ObservedState,
  ReleaseSummary,
} from '@slipway/plugin-deployments-common';
import { describeDuration } from '../runs/describeDuration';
import { Serving } from '../stores';
import { Judgement } from './Judgement';

/** An answer of a target that is older than this says nothing of now. */
export const MAX_SILENCE_MS = 5 * 60_000;

/** Whether a release has served long enough, without a break, in the environment before. */
export function judgeSoak(options: {
  /** For how long it has to, milliseconds. */
  soakMs: number;
  release: Pick<ReleaseSummary, 'id' | 'version'>;
  /** Where it has to; null for the first environment. */
  origin: EnvironmentName | null;
  observed: ObservedState | undefined;
  serving: Serving | undefined;
  at: Date;
}): Judgement {
  const { soakMs, release, origin, observed, serving, at } = options;
  const { version } = release;
  if (origin === null) {
    return {
      state: 'blocked',
      reason:
        'There is no environment before this one in which it could serve.',
    };
  }
  if (!observed || isSilent(observed, at)) {
    return {
      state: 'waiting',
      reason: `It is not known what ${origin} runs at present.`,
    };
  }
  if (observed.reach === 'unreachable') {
    return {
      state: 'waiting',
      reason: `${origin} cannot be asked what it runs: ${observed.message}`,
    };
  }
  if (observed.release?.id !== release.id) {
    return {
      state: 'blocked',
      reason: `${origin} runs ${observed.release?.version ?? 'nothing'}, not ${version}.`,
    };
  }
  if (serving?.releaseId !== release.id) {
    return {
      state: 'waiting',
      reason: `${version} does not serve in good health in ${origin}${because(observed, serving)} Its time begins once it does.`,
    };
  }
  const servedMs = Math.min(serving.servedMs, soakMs);
  const evidence = {
    text: `Served ${describeDuration(servedMs)} of ${describeDuration(soakMs)} in ${origin}`,
    url: observed.url,
  };
  if (servedMs >= soakMs && observed.health !== 'healthy') {
    return {
      state: 'waiting',
      reason: `${version} has served in good health in ${origin} for ${describeDuration(soakMs)}, and now its health is ${observed.health}${because(observed, serving)}`,
      evidence,
    };
  }
  if (servedMs >= soakMs) {
    return {
      state: 'open',
      reason: `${version} has served in good health in ${origin} for ${describeDuration(soakMs)}.`,
      evidence,
    };
  }
  const setback = serving.setback ? ` ${serving.setback}` : '';
  return {
    state: 'waiting',
    reason: `${version} has to serve in good health in ${origin} for ${describeDuration(soakMs)}, and has for ${describeDuration(servedMs)}.${setback}`,
    until: new Date(
      Math.max(Date.parse(serving.askedAt), at.getTime() - MAX_SILENCE_MS) +
        soakMs -
        servedMs,
    ),
    evidence,
  };
}

/** Whether a target was not asked for too long. */
export function isSilent(observed: ObservedState, at: Date): boolean {
  return at.getTime() - Date.parse(observed.askedAt) > MAX_SILENCE_MS;
}

function because(
  observed: Extract<ObservedState, { reach: 'reached' }>,
  serving: Serving | undefined,
): string {
  const reason = observed.healthReason ?? serving?.setback;
  return reason ? `: ${reason}` : '.';
}
