import { Plan, PlanContent } from '@slipway/plugin-deployments-common';
import { hashPlan } from '../plans';
import { findUsualDurations } from '../runs';
import { Stores } from '../stores';

/** Makes a plan of its content, and keeps it for those who want to run or approve it. */
export async function keepPlan(options: {
  content: PlanContent;
  stores: Stores;
}): Promise<Plan> {
  const { content, stores } = options;
  const { serviceRef, environment, operation } = content;
  const usual = await findUsualDurations({
    stores,
    serviceRef,
    environment,
    operation,
  });
  const plan: Plan = {
    hash: hashPlan(content),
    content,
    createdAt: new Date().toISOString(),
    usualMs: usual.runMs,
  };
  await stores.plans.save(plan);
  return plan;
}
