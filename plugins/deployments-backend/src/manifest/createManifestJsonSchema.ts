import {
  DeploymentTarget,
  environmentSchema,
  manifestSchema,
} from '@slipway/plugin-deployments-node';
import { z } from 'zod';
import { toJsonSchema } from './listKeys';

/** The JSON Schema of a manifest, with the parameters of every kind that is installed. */
export function createManifestJsonSchema(
  targets: ReadonlyMap<string, DeploymentTarget>,
): Record<string, unknown> {
  const { target } = environmentSchema.shape;
  const kinds = [...targets.values()]
    .sort((a, b) => a.kind.localeCompare(b.kind, 'en-US'))
    .map(({ kind, parametersSchema }) =>
      target.extend({
        kind: z.literal(kind),
        parameters: parametersSchema,
      }),
    );
  const environment =
    kinds.length === 0
      ? environmentSchema
      : environmentSchema.extend({ target: z.union(kinds) });
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
