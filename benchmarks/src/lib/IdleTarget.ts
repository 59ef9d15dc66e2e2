import { ObservedState } from '@slipway/plugin-deployments-common';
import { DeploymentTarget, Step } from '@slipway/plugin-deployments-node';
import { z } from 'zod';
import { SAMPLE_KIND } from './sampleRuns';

/** A kind of target that has nothing to say about plans and is always well. */
export abstract class IdleTarget implements DeploymentTarget {
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

  abstract steps(...request: Parameters<DeploymentTarget['steps']>): Step[];
}
