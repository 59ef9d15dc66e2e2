import { ObservedState } from '@slipway/plugin-deployments-common';
import { DeploymentTarget, Step } from '@slipway/plugin-deployments-node';
import { z } from 'zod';
import { SAMPLE_KIND } from '../lib/sampleRuns';
import { STEPS } from './protocol';

/** A kind of target whose steps do nothing. */
export class NoOpTarget implements DeploymentTarget {
  readonly kind = SAMPLE_KIND;
  readonly capabilities = {
    rollbackWithoutRebuild: true,
    processes: false,
    scale: false,
    weights: false,
  };
  readonly parametersSchema = z.unknown();
  readonly connectionSchema = z.unknown();

  secretsOf() {
    return [];
  }

  check() {
    return [];
  }

  listPlaces() {
    return [];
  }

  async plan() {
    return {
      artifacts: [],
      migrations: [],
      configuration: [],
      findings: [],
      doesNotRevert: [],
    };
  }

  async observe(): Promise<ObservedState> {
    return {
      reach: 'reached',
      askedAt: new Date().toISOString(),
      release: null,
      health: 'healthy',
      healthReason: null,
      processes: [],
      desiredProcesses: null,
      keptReleases: [],
      url: null,
    };
  }

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
