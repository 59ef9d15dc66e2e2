import { runIdSchema } from '@slipway/plugin-deployments-common';
import { z } from 'zod';
import { SCENARIOS } from './scenarios';

/** A run that somebody wants. */
export const orderedRunSchema = z.object({
  number: z.number().int(),
  environment: z.string(),
  scenario: z.enum(SCENARIOS),
  approvals: z.number().int(),
});
export type OrderedRun = z.infer<typeof orderedRunSchema>;

/** What a replica says. It waits for the answer to a question, which carries the same `id`. */
export const saidSchema = z.discriminatedUnion('what', [
  z.object({ what: z.literal('ready') }),
  z.object({
    what: z.literal('answer'),
    id: z.number(),
    /** Null where it could not be done. */
    runId: runIdSchema.nullable(),
    problem: z.string().optional(),
  }),
  z.object({
    what: z.literal('question'),
    id: z.number(),
    /** The number of the claim within the replica. */
    claim: z.number().int(),
    runId: runIdSchema,
    /** What the run was ordered as. */
    number: z.number().int(),
    environment: z.string(),
    question: z.discriminatedUnion('about', [
      z.object({
        about: z.literal('claimed'),
        fence: z.number().int(),
        job: z.string(),
        retries: z.number().int(),
      }),
      z.object({ about: z.literal('released') }),
      /** The replica comes by a place, and goes on when it is answered. */
      z.object({ about: z.literal('place'), place: z.string() }),
      z.object({
        about: z.enum(['asked', 'begun', 'done', 'undone']),
        effect: z.string(),
      }),
    ]),
  }),
]);
export type Said = z.infer<typeof saidSchema>;
export type Question = Extract<Said, { what: 'question' }>;

/** What a replica is told. */
export const toldSchema = z.discriminatedUnion('what', [
  z.object({ what: z.literal('answer'), id: z.number(), is: z.boolean() }),
  z.object({
    what: z.literal('start'),
    id: z.number(),
    run: orderedRunSchema,
  }),
  z.object({
    what: z.literal('decide'),
    id: z.number(),
    runId: runIdSchema,
    decision: z.enum(['approved', 'rejected']),
  }),
]);
export type Told = z.infer<typeof toldSchema>;
