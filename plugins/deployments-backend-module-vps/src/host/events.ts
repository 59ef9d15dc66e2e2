import { z } from 'zod';

const callIdSchema = z.number().int();

/** A line of what the program on the host says of a call. */
export const hostEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('log'),
    id: callIdSchema,
    stream: z.enum(['stdout', 'stderr', 'system']),
    text: z.string(),
  }),
  z.object({
    type: z.literal('result'),
    id: callIdSchema,
    value: z.unknown(),
  }),
  z.object({
    type: z.literal('failure'),
    id: callIdSchema,
    kind: z.enum(['failed', 'errored']),
    message: z.string(),
    mend: z.string().optional(),
  }),
]);
type HostEvent = z.infer<typeof hostEventSchema>;

export type LogEvent = Extract<HostEvent, { type: 'log' }>;

/** How a call ended. */
export type EndEvent = Exclude<HostEvent, LogEvent>;
