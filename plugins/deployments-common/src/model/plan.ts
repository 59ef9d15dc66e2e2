import { z } from 'zod';
import {
  digestSchema,
  environmentNameSchema,
  planHashSchema,
  releaseIdSchema,
  serviceRefSchema,
  timestampSchema,
} from '../ids';
import { gateStatusSchema, plannedGateSchema } from './gate';
import { commitSchema, releaseSummarySchema } from './release';
import { operationSchema } from './run';

/** Something a person should know before agreeing; a blocking one keeps the plan from being run. */
export const findingSchema = z.object({
  severity: z.enum(['blocking', 'warning', 'info']),
  message: z.string(),
  mend: z.string().optional(),
});
export type Finding = z.infer<typeof findingSchema>;

export const artifactChangeSchema = z.object({
  name: z.string(),
  from: digestSchema.nullable(),
  /** Null where this run will build it. */
  to: digestSchema.nullable(),
});
export type ArtifactChange = z.infer<typeof artifactChangeSchema>;

export const plannedMigrationSchema = z.object({
  name: z.string(),
  findings: z.array(findingSchema),
});
export type PlannedMigration = z.infer<typeof plannedMigrationSchema>;

/** A configuration name that changes. Values are never part of a plan. */
export const configurationChangeSchema = z.object({
  name: z.string(),
  change: z.enum(['added', 'removed', 'changed']),
  secret: z.boolean(),
});
export type ConfigurationChange = z.infer<typeof configurationChangeSchema>;

export const plannedStepSchema = z.object({
  id: z.string(),
  title: z.string(),
});
export type PlannedStep = z.infer<typeof plannedStepSchema>;

/** What an operation would do. `hash` covers every member of `content`. */
export const planContentSchema = z.object({
  serviceRef: serviceRefSchema,
  environment: environmentNameSchema,
  operation: operationSchema,
  /** Digest of all that the manifest says about this environment: whoever agrees, agrees to these words. */
  manifest: digestSchema,
  from: releaseSummarySchema.nullable(),
  to: releaseSummarySchema,
  /** Where the release is promoted from. */
  fromEnvironment: environmentNameSchema.nullable(),
  /** Commits that go in (`forward`) or out (`backward`), newest first; at most 250 of `total`. */
  commits: z.object({
    direction: z.enum(['forward', 'backward', 'unrelated', 'first']),
    items: z.array(commitSchema),
    total: z.number().int().nonnegative(),
  }),
  artifacts: z.array(artifactChangeSchema),
  migrations: z.array(plannedMigrationSchema),
  configuration: z.array(configurationChangeSchema),
  steps: z.array(plannedStepSchema),
  findings: z.array(findingSchema),
  approvals: z.object({
    needed: z.number().int().nonnegative(),
    /** Group references whose members may approve; empty means anyone with the permission. */
    groups: z.array(z.string()),
    selfApproval: z.boolean(),
    /** Groups of which so many members have to approve, within those needed. Left out where there are none. */
    quorums: z
      .array(z.object({ group: z.string(), needed: z.number().int().min(1) }))
      .optional(),
    /** After how many milliseconds a run waits no longer, and an approval counts no more. Left out where never. */
    expiryMs: z.number().int().positive().optional(),
  }),
  /** What else the run has to pass. Left out where there is nothing: a plan made before there were gates keeps its hash. */
  gates: z.array(plannedGateSchema).optional(),
  /** What a rollback does not take back, a sentence each. */
  doesNotRevert: z.array(z.string()),
});
export type PlanContent = z.infer<typeof planContentSchema>;

export const planSchema = z.object({
  hash: planHashSchema,
  content: planContentSchema,
  createdAt: timestampSchema,
  /** Median duration of the last 20 successes, milliseconds. */
  usualMs: z.number().nonnegative().nullable(),
});
export type Plan = z.infer<typeof planSchema>;

/** A plan as people look at it. The hash does not cover how its gates stand: that changes with time. */
export const planReviewSchema = planSchema.extend({
  /** What would hold it now, or would not. */
  gates: z.array(gateStatusSchema),
});
export type PlanReview = z.infer<typeof planReviewSchema>;

/** Which release an operation is about. */
export const planRequestSchema = z.discriminatedUnion('operation', [
  z.object({
    operation: z.literal('deploy'),
    environment: environmentNameSchema,
    /** A branch, tag or commit of the service's repository. */
    ref: z.string().min(1).max(200),
  }),
  z.object({
    operation: z.literal('promote'),
    environment: environmentNameSchema,
    /** Defaults to the environment before this one in the manifest's order. */
    fromEnvironment: environmentNameSchema.optional(),
  }),
  z.object({
    operation: z.literal('rollback'),
    environment: environmentNameSchema,
    /** Defaults to the release that served before the present one. */
    releaseId: releaseIdSchema.optional(),
  }),
]);
export type PlanRequest = z.infer<typeof planRequestSchema>;
