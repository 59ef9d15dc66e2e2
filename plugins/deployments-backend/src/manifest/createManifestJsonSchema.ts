import {
  CheckProvider,
  DeploymentTarget,
  environmentSchema,
  manifestSchema,
  protectionSchema,
  requiredCheckSchema,
} from '@slipway/plugin-deployments-node';
import { z } from 'zod';
import { toJsonSchema } from './listKeys';

/** The JSON Schema of a manifest, with the parameters of every kind of target and of check that is installed. */
export function createManifestJsonSchema(
  targets: ReadonlyMap<string, DeploymentTarget>,
  checks: ReadonlyMap<string, CheckProvider>,
): Record<string, unknown> {
  const { target } = environmentSchema.shape;
  const kinds = sortKinds(targets).map(({ kind, parametersSchema }) =>
    target.extend({
      kind: z.literal(kind),
      parameters: parametersSchema,
    }),
  );
  const checkKinds = sortKinds(checks).map(({ kind, parametersSchema }) =>
    requiredCheckSchema.extend({
      kind: z.literal(kind),
      parameters: parametersSchema.safeParse({}).success
        ? parametersSchema.optional()
        : parametersSchema,
    }),
  );
  const environment = environmentSchema.extend({
    ...(kinds.length > 0 && { target: z.union(kinds) }),
    ...(checkKinds.length > 0 && {
      protection: protectionSchema
        .extend({ checks: z.array(z.union(checkKinds)).max(20).optional() })
        .optional(),
    }),
  });
  const { environments } = manifestSchema.shape;
  return {
    ...toJsonSchema(
      manifestSchema.extend({
        environments: z
          .array(environment)
          .min(1)
          .describe(environments.description ?? ''),
      }),
    ),
    title: 'Deployment manifest',
  };
}

function sortKinds<T extends { kind: string }>(
  kinds: ReadonlyMap<string, T>,
): T[] {
  return [...kinds.values()].sort((a, b) =>
    a.kind.localeCompare(b.kind, 'en-US'),
  );
}
