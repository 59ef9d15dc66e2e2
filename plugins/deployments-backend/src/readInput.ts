import { InputError } from '@backstage/errors';
import { z } from 'zod';

/**
 * What a schema makes of something that came from outside.
 *
 * @throws InputError that says which members are wrong.
 */
export function readInput<TSchema extends z.ZodType>(
  schema: TSchema,
  value: unknown,
): z.output<TSchema> {
  const result = schema.safeParse(value);
  if (!result.success) {
    throw new InputError(
      result.error.issues
        .map(({ path, message }) =>
          [z.core.toDotPath(path), message].filter(Boolean).join(': '),
        )
        .join('; '),
    );
  }
  return result.data;
}
