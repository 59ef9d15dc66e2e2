import {
  EnvironmentName,
  environmentNameSchema,
  ServiceRef,
  serviceRefSchema,
} from '@slipway/plugin-deployments-common';

/** One environment of one service, as permissions are about it. */
export type EnvironmentRef = {
  serviceRef: ServiceRef;
  environment: EnvironmentName;
};

/** `component:default/shop#production` */
export function formatEnvironmentRef(ref: EnvironmentRef): string {
  return `${ref.serviceRef}#${ref.environment}`;
}

/** The reverse of {@link formatEnvironmentRef}; undefined for what is no such reference. */
export function parseEnvironmentRef(text: string): EnvironmentRef | undefined {
  const [service, environment, ...rest] = text.split('#');
  const parsedService = serviceRefSchema.safeParse(service);
  const parsedEnvironment = environmentNameSchema.safeParse(environment);
  return parsedService.success && parsedEnvironment.success && rest.length === 0
    ? { serviceRef: parsedService.data, environment: parsedEnvironment.data }
    : undefined;
}
