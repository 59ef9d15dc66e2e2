import { z } from 'zod';

/** Whether an action is open to the asking person; if not, the reason is a sentence to show. */
export const availabilitySchema = z.discriminatedUnion('allowed', [
  z.object({ allowed: z.literal(true) }),
  z.object({ allowed: z.literal(false), reason: z.string() }),
]);
export type Availability = z.infer<typeof availabilitySchema>;
