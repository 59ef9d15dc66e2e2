import { Finding, Plan } from '@slipway/plugin-deployments-common';

/** The findings that keep a plan from being run, those of its migrations among them. */
export function listBlockingFindings(plan: Plan): Finding[] {
  return [
    ...plan.content.findings,
    ...plan.content.migrations.flatMap(({ findings }) => findings),
  ].filter(({ severity }) => severity === 'blocking');
}
