import { z } from 'zod';
import { createDurationSchema } from './duration';

/** What is wanted for longer is no protection of a run, but a decision not to deploy. */
const MAX_DAYS = 90;

const MAX_APPROVALS = 10;

const waitSchema = createDurationSchema(MAX_DAYS).refine(
  ms => ms > 0,
  'is nothing',
);

const groupSchema = z.string().max(200);

/** A group whose members may approve; with a quorum, one of which so many have to. */
export const approverSchema = z.union([
  groupSchema,
  z.strictObject({
    group: groupSchema,
    quorum: z.number().int().min(1).max(MAX_APPROVALS),
  }),
]);
export type ApproverSpec = z.infer<typeof approverSchema>;

/** Days, hours and minutes: days are those of the calendar, which are 23 or 25 hours long where the clocks change. */
export const freezeDurationSchema = z
  .string()
  .regex(
    /^(?=\d)(\d{1,2}d)?(\d{1,3}h)?(\d{1,4}m)?$/,
    'write days, hours and minutes: 14d, 2d14h, 90m',
  )
  .refine(text => /[1-9]/.test(text), 'is nothing');

/** When nothing may change. Its times are given in one of two ways. */
export const freezeSchema = z
  .strictObject({
    name: z.string().min(1).max(100),
    reason: z.string().min(1).max(500).describe('Shown to those who wait.'),
    rrule: z
      .string()
      .min(1)
      .max(2_000)
      .optional()
      .describe(
        'When it begins, as of RFC 5545: DTSTART with a TZID, and RRULE and EXDATE where it comes again.',
      ),
    cron: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe('When it begins: minute, hour, day, month, day of the week.'),
    timeZone: z
      .string()
      .max(100)
      .optional()
      .describe('Of `cron`, such as Europe/Berlin.'),
    duration: freezeDurationSchema.describe(
      'How long it lasts: 14d, 2d14h, 90m. Days are those of the calendar.',
    ),
  })
  .describe('When nothing may change.');
export type FreezeSpec = z.infer<typeof freezeSchema>;

/** What another system has to say yes to. */
export const requiredCheckSchema = z.strictObject({
  name: z.string().min(1).max(100),
  kind: z
    .string()
    .max(40)
    .describe('`http`, or a kind that is installed in the portal.'),
  /** Validated by the provider of that kind. */
  parameters: z.record(z.string(), z.unknown()).default({}),
});
export type RequiredCheckSpec = z.infer<typeof requiredCheckSchema>;

/** The items of a checklist that the system verifies by itself. */
export const verifiedItemSchema = z.enum([
  'migrations-tested',
  'variables-documented',
  'secrets-configured',
  'health-verified',
  'rollback-possible',
]);
export type VerifiedItem = z.infer<typeof verifiedItemSchema>;

export const checklistItemSchema = z.union([
  verifiedItemSchema,
  z.strictObject({
    id: z
      .string()
      .max(60)
      .regex(
        /^[a-z][a-z0-9-]*$/,
        'use lower-case letters, digits and hyphens, beginning with a letter',
      ),
    title: z.string().min(1).max(200),
  }),
]);
export type ChecklistItemSpec = z.infer<typeof checklistItemSchema>;

/** What has to be true before a run may change an environment. */
export const protectionSchema = z.strictObject({
  approvals: z.number().int().min(0).max(MAX_APPROVALS).default(0),
  approvers: z
    .array(approverSchema)
    .max(20)
    .default([])
    .describe(
      'Groups whose members may approve; empty: whoever has the permission. `{group, quorum}` for those of which so many have to.',
    ),
  selfApproval: z
    .boolean()
    .default(false)
    .describe('Whether the person who asked may approve.'),
  approvalExpiry: waitSchema
    .optional()
    .describe(
      'How long a run waits for people before it is rejected, and how long an approval counts.',
    ),
  freezes: z.array(freezeSchema).max(20).optional(),
  soak: waitSchema
    .optional()
    .describe(
      'How long exactly this release has to have served in good health in the environment before.',
    ),
  checks: z.array(requiredCheckSchema).max(20).optional(),
  checklist: z
    .array(checklistItemSchema)
    .max(30)
    .optional()
    .describe(
      'Items that the system verifies, and `{id, title}` for those that a person ticks.',
    ),
  holdsRollback: z
    .boolean()
    .optional()
    .describe(
      'Whether freezes, soak, checks and checklist hold a rollback, too. Nobody is kept from going back unless told.',
    ),
});
export type ProtectionSpec = z.infer<typeof protectionSchema>;
