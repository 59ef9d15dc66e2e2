import { Plan } from '@slipway/plugin-deployments-common';
import { NewStep } from '../stores';

/** The steps of a plan, as they are shown while its run waits. */
export function listPlannedSteps(plan: Plan): NewStep[] {
  return plan.content.steps.map(step => ({
    ...step,
    stage: 'main',
    switches: false,
  }));
}
