import { z } from 'zod';

const releaseRecordSchema = z.object({
  directory: z.string(),
  id: z.string(),
  version: z.string(),
  commitId: z.string(),
  digest: z.string(),
  verifiedAt: z.string().nullable(),
});
export type ReleaseRecord = z.infer<typeof releaseRecordSchema>;

/** What the host says, as `host/observe.cjs` puts it. */
export const observationSchema = z.object({
  /** Name of the directory that `current` leads to. */
  current: z.string().nullable(),
  /** Where what serves was asked. */
  port: z.number().int(),
  /** How many processes what serves should have. */
  instances: z.number().int(),
  releases: z.array(releaseRecordSchema),
  processes: z.array(
    z.object({
      name: z.string(),
      outgoing: z.boolean(),
      status: z.string(),
      release: z.string().nullable(),
      restarts: z.number().int().nonnegative(),
      /** How often it died since its release was seen to serve; null where it is not the process that was seen. */
      deaths: z.number().int().nonnegative().nullable(),
      /** Since it last started, milliseconds by the host's clock. */
      ageMs: z.number().nullable(),
      cpuPercent: z.number().nonnegative().nullable(),
      memoryBytes: z.number().nonnegative().nullable(),
      /** Milliseconds since 1970. */
      startedAt: z.number().nullable(),
    }),
  ),
  health: z.object({
    ok: z.boolean(),
    release: z.string().nullable(),
    reason: z.string().nullable(),
  }),
});
export type Observation = z.infer<typeof observationSchema>;
