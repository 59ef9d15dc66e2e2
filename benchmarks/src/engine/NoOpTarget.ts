import { Step } from '@slipway/plugin-deployments-node';
import { IdleTarget } from '../lib/IdleTarget';
import { STEPS } from './protocol';

/** A kind of target whose steps do nothing. */
export class NoOpTarget extends IdleTarget {
  steps(): Step[] {
    return Array.from({ length: STEPS }, (_, index) => ({
      id: `step-${index + 1}`,
      title: `Step ${index + 1}`,
      switches: false,
      timeoutMs: 60_000,
      run: async () => ({}),
      reconcile: async () => ({ outcome: 'redo' }),
    }));
  }
}
