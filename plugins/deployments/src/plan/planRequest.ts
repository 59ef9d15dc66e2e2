import {
  EnvironmentName,
  Operation,
  PlanRequest,
  planRequestSchema,
} from '@slipway/plugin-deployments-common';

/** The part of a plan's address after the `?`: what is wanted besides operation and environment. */
export function writePlanRequest(request: PlanRequest): string {
  switch (request.operation) {
    case 'deploy':
      return write({ ref: request.ref });
    case 'promote':
      return write({ fromEnvironment: request.fromEnvironment });
    case 'rollback':
      return write({ releaseId: request.releaseId });
    default:
      return request satisfies never;
  }
}

/** What an address asks for; nothing where it leaves open what to deploy. */
export function readPlanRequest(options: {
  operation: Operation;
  environment: EnvironmentName;
  params: URLSearchParams;
}): PlanRequest | undefined {
  const { operation, environment, params } = options;
  const wanted = { operation, environment };
  return [{ ...Object.fromEntries(params), ...wanted }, wanted]
    .map(candidate => planRequestSchema.safeParse(candidate))
    .find(({ success }) => success)?.data;
}

function write(wanted: Record<string, string | undefined>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(wanted)) {
    if (value !== undefined) {
      params.set(name, value);
    }
  }
  return params.toString();
}
