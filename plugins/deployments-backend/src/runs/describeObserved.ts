import { ObservedState } from '@slipway/plugin-deployments-common';

/** Says in a sentence what runs in an environment. */
export function describeObserved(
  environment: string,
  observed: ObservedState,
): string {
  if (observed.reach === 'unreachable') {
    return `What runs in ${environment} now is unknown: ${observed.message}`;
  }
  const release = observed.release?.version ?? 'nothing';
  return `In ${environment} now runs ${release}, ${observed.health}.`;
}
