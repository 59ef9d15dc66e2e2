import { z } from 'zod';
import {
  commitIdSchema,
  digestSchema,
  releaseIdSchema,
  serviceRefSchema,
  timestampSchema,
} from '../ids';

/** What a release consists of, by digest: promotion moves exactly these. */
export const artifactSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('archive'),
    digest: digestSchema,
    sizeBytes: z.number().int().nonnegative(),
  }),
  z.object({
    type: z.literal('image'),
    name: z.string(),
    repository: z.string(),
    digest: digestSchema,
  }),
]);
export type Artifact = z.infer<typeof artifactSchema>;

export const commitSchema = z.object({
  id: commitIdSchema,
  subject: z.string(),
  author: z.string(),
  committedAt: timestampSchema,
});
export type Commit = z.infer<typeof commitSchema>;

/** An immutable version of a service. `artifacts` is empty until the first run has built them, and fixed from then on. */
export const releaseSchema = z.object({
  id: releaseIdSchema,
  serviceRef: serviceRefSchema,
  version: z.string(),
  commit: commitSchema,
  artifacts: z.array(artifactSchema),
  createdAt: timestampSchema,
});
export type Release = z.infer<typeof releaseSchema>;

export const releaseSummarySchema = z.object({
  id: releaseIdSchema,
  version: z.string(),
  commitId: commitIdSchema,
});
export type ReleaseSummary = z.infer<typeof releaseSummarySchema>;
