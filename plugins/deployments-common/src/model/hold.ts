import { z } from 'zod';
import { runIdSchema, timestampSchema } from '../ids';

/** Keeps automatic runs out of an environment until a person releases it. */
export const holdSchema = z.object({
  /** Who holds it: a person, or `slipway` after a failure that was rolled back. */
  by: z.string(),
  at: timestampSchema,
  reason: z.string(),
  /** The rollback, or the failed run, that it came with; null where a person put it. */
  runId: runIdSchema.nullable(),
});
export type Hold = z.infer<typeof holdSchema>;

/** A run that holds its environment though nothing happens to it any more. */
export const stuckSchema = z.object({
  runId: runIdSchema,
  /** Who asked for the run. */
  requestedBy: z.string(),
  /** When something last happened to it. */
  since: timestampSchema,
  /** What is known of the cause, a sentence. */
  why: z.string(),
  /** What a person does about it, a sentence. */
  mend: z.string(),
});
export type Stuck = z.infer<typeof stuckSchema>;
