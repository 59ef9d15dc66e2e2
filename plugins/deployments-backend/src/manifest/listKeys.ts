import { z } from 'zod';

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** Names of the members that a schema knows at a path; empty where it knows none by name. */
export function listKeys(
  schema: z.ZodType,
  path: readonly PropertyKey[],
): string[] {
  let node: JsonSchema | undefined = toJsonSchema(schema);
  for (const part of path) {
    const next: unknown =
      typeof part === 'number'
        ? node?.items
        : (node?.properties?.[String(part)] ?? node?.additionalProperties);
    node = isSchema(next) ? next : undefined;
  }
  return Object.keys(node?.properties ?? {});
}

/** A schema as editors understand it: of what people write, before defaults and transformations. */
export function toJsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
  });
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
