import { z } from 'zod';

/** A run, one operation being carried out: a UUID. */
export const runIdSchema = z.string().uuid().brand<'RunId'>();
export type RunId = z.infer<typeof runIdSchema>;

/** A release of one service: a UUID. */
export const releaseIdSchema = z.string().uuid().brand<'ReleaseId'>();
export type ReleaseId = z.infer<typeof releaseIdSchema>;

/** The sha256 of a plan's canonical content, 64 lower-case hex digits. */
export const planHashSchema = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'a plan hash is 64 hex digits')
  .brand<'PlanHash'>();
export type PlanHash = z.infer<typeof planHashSchema>;

/** A full git commit id, 40 lower-case hex digits. */
export const commitIdSchema = z
  .string()
  .regex(/^[0-9a-f]{40}$/, 'a commit is 40 hex digits')
  .brand<'CommitId'>();
export type CommitId = z.infer<typeof commitIdSchema>;

/** `sha256:` and 64 hex digits: of a release archive or of an image. */
export const digestSchema = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'a digest is sha256: and 64 hex digits')
  .brand<'Digest'>();
export type Digest = z.infer<typeof digestSchema>;

/** An entity reference in its full form, `component:default/shop`. */
export const serviceRefSchema = z
  .string()
  .regex(
    /^[a-z0-9]+:[a-z0-9\-_.]+\/[a-z0-9\-_.]+$/i,
    'a service reference looks like component:default/shop',
  )
  .transform(ref => ref.toLocaleLowerCase('en-US'))
  .brand<'ServiceRef'>();
export type ServiceRef = z.infer<typeof serviceRefSchema>;

/** The name of an environment: also part of paths and process names, so it is kept plain. */
export const environmentNameSchema = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,39}$/,
    'use lower-case letters, digits and hyphens, beginning with a letter, at most 40',
  );
export type EnvironmentName = z.infer<typeof environmentNameSchema>;

/** A point in time, ISO 8601 in UTC. */
export const timestampSchema = z.string().datetime();
export type Timestamp = z.infer<typeof timestampSchema>;
