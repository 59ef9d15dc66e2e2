import { StepRecord } from '../stores';

/** Whether users may have met the new release: a step that switches was begun. */
export function hasSwitched(steps: readonly StepRecord[]): boolean {
  return steps.some(
    ({ stage, switches, status }) =>
      stage === 'main' &&
      switches &&
      status !== 'pending' &&
      status !== 'skipped',
  );
}
