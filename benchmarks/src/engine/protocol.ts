import { z } from 'zod';

/** How many steps a run has. */
export const STEPS = 10;

/** How many tasks or runs one worker process carries out at once. */
export const CONCURRENCY = 8;

/** pg-boss's queues of this benchmark, in a schema of their own. */
export const BARE_SCHEMA = 'bare';

/** What a worker process says. Moments are nanoseconds of the clock that all processes of a machine share. */
export const saidSchema = z.discriminatedUnion('what', [
  z.object({ what: z.literal('ready') }),
  /** Work on something began. */
  z.object({ what: z.literal('began'), key: z.string(), at: z.string() }),
  /** A whole run was carried out. */
  z.object({ what: z.literal('finished') }),
]);
export type Said = z.infer<typeof saidSchema>;

export const say = (said: Said) => process.send?.(said);

/** Now, by the clock that all processes of a machine share. */
export const clock = () => process.hrtime.bigint().toString();

/** What a worker process is told. */
export const toldSchema = z.object({ what: z.enum(['go', 'stop']) });
