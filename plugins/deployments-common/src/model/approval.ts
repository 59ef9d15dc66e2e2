import { z } from 'zod';
import { planHashSchema, runIdSchema, timestampSchema } from '../ids';

/** A person's yes or no to one plan hash. */
export const approvalSchema = z.object({
  runId: runIdSchema,
  planHash: planHashSchema,
  decision: z.enum(['approved', 'rejected']),
  by: z.string(),
  at: timestampSchema,
  reason: z.string().nullable(),
  /** Those of the plan's approver groups that the person is a member of. */
  groups: z.array(z.string()),
  /** Set when a changed plan took the approval's force away. */
  voidedAt: timestampSchema.nullable(),
});
export type Approval = z.infer<typeof approvalSchema>;
