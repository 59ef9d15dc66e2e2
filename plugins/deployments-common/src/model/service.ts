import { z } from 'zod';
import {
  commitIdSchema,
  digestSchema,
  environmentNameSchema,
  releaseIdSchema,
  runIdSchema,
  serviceRefSchema,
  timestampSchema,
} from '../ids';
import { availabilitySchema } from './availability';
import { activeFreezeSchema } from './gate';
import { holdSchema, stuckSchema } from './hold';
import { releaseSummarySchema } from './release';
import { operationSchema, runSummarySchema } from './run';

export const healthSchema = z.enum([
  'healthy',
  'degraded',
  'unhealthy',
  'unknown',
]);
export type Health = z.infer<typeof healthSchema>;

/** One process, container or task, as the target lists it. */
export const processStateSchema = z.object({
  name: z.string(),
  status: z.enum(['running', 'starting', 'stopped', 'failed', 'unknown']),
  restarts: z.number().int().nonnegative().nullable(),
  /** Share of one core, 0 to 100 a core. */
  cpuPercent: z.number().nonnegative().nullable(),
  memoryBytes: z.number().int().nonnegative().nullable(),
  startedAt: timestampSchema.nullable(),
});
export type ProcessState = z.infer<typeof processStateSchema>;

/** What the target says of the release it runs; ids are null where it runs something that we did not put there. */
export const observedReleaseSchema = z.object({
  id: releaseIdSchema.nullable(),
  version: z.string(),
  commitId: commitIdSchema.nullable(),
  digest: digestSchema.nullable(),
});
export type ObservedRelease = z.infer<typeof observedReleaseSchema>;

/** What the target itself says, and when it was asked. */
export const observedStateSchema = z.discriminatedUnion('reach', [
  z.object({
    reach: z.literal('reached'),
    askedAt: timestampSchema,
    /** Null where nothing was ever deployed. */
    release: observedReleaseSchema.nullable(),
    health: healthSchema,
    /** Why the health is what it is, where it is not healthy. */
    healthReason: z.string().nullable(),
    processes: z.array(processStateSchema),
    desiredProcesses: z.number().int().nonnegative().nullable(),
    /** Releases that a rollback can return to without building, newest first. */
    keptReleases: z.array(observedReleaseSchema),
    /** Where people reach the service. */
    url: z.string().nullable(),
  }),
  z.object({
    reach: z.literal('unreachable'),
    askedAt: timestampSchema,
    message: z.string(),
    mend: z.string().nullable(),
  }),
]);
export type ObservedState = z.infer<typeof observedStateSchema>;

/** One difference between what was deployed and what the target says. */
export const driftSchema = z.object({
  what: z.enum(['release', 'artifact', 'processes']),
  expected: z.string(),
  actual: z.string(),
});
export type Drift = z.infer<typeof driftSchema>;

/** What we last put there, successfully. */
export const deployedSchema = z.object({
  release: releaseSummarySchema,
  runId: runIdSchema,
  operation: operationSchema,
  at: timestampSchema,
  by: z.string(),
});
export type Deployed = z.infer<typeof deployedSchema>;

/** How the release of one environment stands to that of another. */
export const aheadSchema = z.discriminatedUnion('comparison', [
  z.object({
    comparison: z.literal('counted'),
    of: environmentNameSchema,
    /** Commits that only this environment has. */
    commits: z.number().int().nonnegative(),
    /** Commits that only the other one has. */
    behind: z.number().int().nonnegative(),
  }),
  z.object({
    /** `unrelated` where the two have no common history, `unknown` where it could not be read. */
    comparison: z.enum(['unrelated', 'unknown']),
    of: environmentNameSchema,
  }),
]);
export type Ahead = z.infer<typeof aheadSchema>;

export const environmentStateSchema = z.discriminatedUnion('access', [
  z.object({
    access: z.literal('forbidden'),
    name: environmentNameSchema,
    /** The permission that is wanting. */
    permission: z.string(),
  }),
  z.object({
    access: z.literal('open'),
    name: environmentNameSchema,
    targetKind: z.string(),
    /** Null until the target was asked for the first time. */
    observed: observedStateSchema.nullable(),
    deployed: deployedSchema.nullable(),
    drift: z.array(driftSchema),
    /** How this environment stands to the next one in promotion order; null where one of them has no known release. */
    ahead: aheadSchema.nullable(),
    /** The environment that a promotion into this one takes its release from. */
    promotesFrom: environmentNameSchema.nullable(),
    activeRun: runSummarySchema.nullable(),
    /** Runs that wait for the environment, first in, first out. */
    queue: z.array(runSummarySchema),
    /** Runs that wait for people or for other gates. */
    waiting: z.array(runSummarySchema),
    /** Set while automatic runs wait until a person releases the hold. */
    hold: holdSchema.nullable(),
    /** Set where a run keeps the others from the environment though nothing happens to it any more. */
    stuck: stuckSchema.nullable(),
    /** Freezes that keep runs from it now. */
    freezes: z.array(activeFreezeSchema),
    may: z.object({
      deploy: availabilitySchema,
      promote: availabilitySchema,
      rollback: availabilitySchema,
      hold: availabilitySchema,
      /** Release the hold. */
      release: availabilitySchema,
    }),
  }),
]);
export type EnvironmentState = z.infer<typeof environmentStateSchema>;

/** A fault of a manifest, where it lies and how to mend it. */
export const manifestProblemSchema = z.object({
  message: z.string(),
  mend: z.string(),
  file: z.string(),
  line: z.number().int().positive().nullable(),
  column: z.number().int().positive().nullable(),
});
export type ManifestProblem = z.infer<typeof manifestProblemSchema>;

export const manifestStatusSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('valid'), url: z.string() }),
  z.object({
    status: z.literal('invalid'),
    url: z.string(),
    problems: z.array(manifestProblemSchema),
  }),
  z.object({
    status: z.literal('missing'),
    message: z.string(),
    mend: z.string(),
  }),
]);
export type ManifestStatus = z.infer<typeof manifestStatusSchema>;

/** All that the entity page needs of one service. */
export const serviceStateSchema = z.object({
  serviceRef: serviceRefSchema,
  manifest: manifestStatusSchema,
  environments: z.array(environmentStateSchema),
});
export type ServiceState = z.infer<typeof serviceStateSchema>;

/** A run that waits for approval or was decided, for the approvals page. */
export const approvalRequestSchema = z.object({
  run: runSummarySchema,
  planHash: z.string(),
  findings: z.object({
    blocking: z.number().int().nonnegative(),
    warning: z.number().int().nonnegative(),
  }),
  waitingSince: timestampSchema,
  may: z.object({ approve: availabilitySchema }),
});
export type ApprovalRequest = z.infer<typeof approvalRequestSchema>;

export const approvalScopeSchema = z.enum(['mine', 'asked', 'done']);
export type ApprovalScope = z.infer<typeof approvalScopeSchema>;

export const approvalListSchema = z.object({
  items: z.array(approvalRequestSchema),
  counts: z.object({
    mine: z.number().int().nonnegative(),
    asked: z.number().int().nonnegative(),
    done: z.number().int().nonnegative(),
  }),
});
export type ApprovalList = z.infer<typeof approvalListSchema>;
