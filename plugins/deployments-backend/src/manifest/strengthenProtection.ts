import { ProtectionSpec } from '@slipway/plugin-deployments-node';
import { MinimumProtection } from '../configuration';

/** A manifest's protection, raised to what app-config says is the least; never lowered. */
export function strengthenProtection(options: {
  environment: string;
  /** Name of the environment's connection in app-config. */
  connection: string;
  protection: ProtectionSpec;
  minimum: readonly MinimumProtection[];
}): ProtectionSpec {
  return options.minimum
    .filter(
      ({ environments, connections }) =>
        environments.includes(options.environment) ||
        connections.includes(options.connection),
    )
    .reduce<ProtectionSpec>(
      (protection, least) => ({
        approvals: Math.max(protection.approvals, least.approvals),
        approvers: narrowApprovers(protection.approvers, least.approvers),
        selfApproval: protection.selfApproval && least.selfApproval,
      }),
      options.protection,
    );
}

/** Who both allow; where that is nobody, those of the minimum. An empty list allows everybody. */
function narrowApprovers(wanted: string[], least: string[]): string[] {
  if (least.length === 0) {
    return wanted;
  }
  const both = wanted.filter(group => least.includes(group));
  return both.length > 0 ? both : least;
}
