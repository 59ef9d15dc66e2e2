import { timestampSchema } from '@slipway/plugin-deployments-common';
import { z } from 'zod';

/** The present moment, as every table keeps times. */
export function now(): string {
  return new Date().toISOString();
}

/** A column of JSON text. */
export function jsonColumn<T>(schema: z.ZodType<T>) {
  return z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(schema);
}

/** A column that is true or false; SQLite has numbers for them. */
export const booleanColumn = z
  .union([z.boolean(), z.number()])
  .transform(Boolean);

export const timestampColumn = timestampSchema;

/** A count; PostgreSQL answers these as text. */
export const countColumn = z.coerce.number().int().nonnegative();
