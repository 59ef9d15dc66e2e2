import { z } from 'zod';
import {
  environmentNameSchema,
  planHashSchema,
  runIdSchema,
  serviceRefSchema,
  timestampSchema,
} from '../ids';
import { approvalSchema } from './approval';
import { availabilitySchema } from './availability';
import { gateSchema, holdingGateSchema } from './gate';
import { holdSchema, stuckSchema } from './hold';
import { releaseSummarySchema } from './release';

export const operationSchema = z.enum(['deploy', 'promote', 'rollback']);
/** What a run does to an environment. */
export type Operation = z.infer<typeof operationSchema>;

/**
 * What set a run going. An automatic run waits where its environment is held; a person's run passes, and its plan warns
 * them.
 */
export const triggerSchema = z.enum(['person', 'automation']);
export type Trigger = z.infer<typeof triggerSchema>;

/** Why a run ended badly: the cause, and what a person does about it. */
export const runProblemSchema = z.object({
  step: z.string().optional(),
  message: z.string(),
  mend: z.string().optional(),
});
export type RunProblem = z.infer<typeof runProblemSchema>;

/**
 * Where a run is. `failed` means that a step said no and the deployment is bad, `errored` that we
 * could not carry it out and its outcome on the target may be unknown.
 */
export const runStateSchema = z.discriminatedUnion('phase', [
  z.object({
    phase: z.literal('waiting-for-approval'),
    given: z.number().int().nonnegative(),
    needed: z.number().int().positive(),
    /** When the run is rejected if it still waits then; null where it may wait as long as it takes. */
    expiresAt: timestampSchema.nullable(),
  }),
  z.object({
    phase: z.literal('waiting-for-gates'),
    /** What holds it; empty until its gates were looked at for the first time. */
    holding: z.array(holdingGateSchema),
  }),
  z.object({
    phase: z.literal('queued'),
    /** 1 is next. */
    position: z.number().int().positive(),
    /** What the run waits for besides its turn; null where nothing keeps it. Others pass it meanwhile. */
    hold: holdSchema.nullable(),
  }),
  z.object({
    phase: z.literal('running'),
    step: z.number().int().nonnegative(),
    steps: z.number().int().positive(),
    cancelRequestedBy: z.string().optional(),
  }),
  z.object({ phase: z.literal('succeeded') }),
  z.object({ phase: z.literal('failed'), problem: runProblemSchema }),
  z.object({ phase: z.literal('errored'), problem: runProblemSchema }),
  z.object({ phase: z.literal('cancelled'), by: z.string() }),
  z.object({
    phase: z.literal('rejected'),
    by: z.string(),
    reason: z.string(),
  }),
]);
export type RunState = z.infer<typeof runStateSchema>;
export type RunPhase = RunState['phase'];

const FINISHED_PHASES: readonly RunPhase[] = [
  'succeeded',
  'failed',
  'errored',
  'cancelled',
  'rejected',
];

/** Whether nothing more will happen to a run in this phase. */
export function isFinished(phase: RunPhase): boolean {
  return FINISHED_PHASES.includes(phase);
}

/** The part of a run that a step belongs to: `recover` steps bring the previous release back after a failure. */
export const stepStageSchema = z.enum(['main', 'recover']);
export type StepStage = z.infer<typeof stepStageSchema>;

export const runStepSchema = z.object({
  /** Position within the run, from 0. */
  index: z.number().int().nonnegative(),
  id: z.string(),
  title: z.string(),
  stage: stepStageSchema,
  status: z.enum([
    'pending',
    'started',
    'succeeded',
    'failed',
    'errored',
    'cancelled',
    'skipped',
    'undone',
  ]),
  startedAt: timestampSchema.nullable(),
  finishedAt: timestampSchema.nullable(),
  /** Median of the last successes of this step in this environment, milliseconds. */
  usualMs: z.number().nonnegative().nullable(),
  problem: runProblemSchema.nullable(),
});
export type RunStep = z.infer<typeof runStepSchema>;

export const runSummarySchema = z.object({
  id: runIdSchema,
  serviceRef: serviceRefSchema,
  environment: environmentNameSchema,
  operation: operationSchema,
  /** What ran before, as the target said when the plan was made. */
  from: releaseSummarySchema.nullable(),
  to: releaseSummarySchema,
  state: runStateSchema,
  /** Set once the previous release serves again after a failure. */
  rolledBackTo: releaseSummarySchema.nullable(),
  requestedBy: z.string(),
  trigger: triggerSchema,
  reason: z.string().nullable(),
  createdAt: timestampSchema,
  startedAt: timestampSchema.nullable(),
  finishedAt: timestampSchema.nullable(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

export const runSchema = runSummarySchema.extend({
  planHash: planHashSchema,
  steps: z.array(runStepSchema),
  approvals: z.array(approvalSchema),
  /** All that this run has to pass, approvals first; empty where its environment is not protected. */
  gates: z.array(gateSchema),
  /** Median duration of the last 20 successes of this operation in this environment, milliseconds. */
  usualMs: z.number().nonnegative().nullable(),
  /** Set where the run holds its environment though nothing happens to it any more. */
  stuck: stuckSchema.nullable(),
  /** What the asking person may do to this run now, and if not, why. */
  may: z.object({
    approve: availabilitySchema,
    cancel: availabilitySchema,
    retry: availabilitySchema,
    rollback: availabilitySchema,
    /** End it where it is stuck, and free its environment for the next. */
    release: availabilitySchema,
  }),
});
export type Run = z.infer<typeof runSchema>;

export const logLineSchema = z.object({
  /** Number of the line within the run, from 1, without gaps. */
  line: z.number().int().positive(),
  /** Index of the step that wrote it. */
  step: z.number().int().nonnegative(),
  at: timestampSchema,
  stream: z.enum(['stdout', 'stderr', 'system']),
  text: z.string(),
});
export type LogLine = z.infer<typeof logLineSchema>;

export const logPageSchema = z.object({
  lines: z.array(logLineSchema),
  /** Lines written so far. */
  total: z.number().int().nonnegative(),
  /** Whether the run can still write more. */
  finished: z.boolean(),
});
export type LogPage = z.infer<typeof logPageSchema>;

export const runPageSchema = z.object({
  items: z.array(runSummarySchema),
  nextCursor: z.string().nullable(),
  total: z.number().int().nonnegative(),
});
export type RunPage = z.infer<typeof runPageSchema>;
