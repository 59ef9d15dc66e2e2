import { z } from 'zod';

/** The `parameters` of a check of the kind `github`. */
export const parametersSchema = z.strictObject({
  required: z
    .array(z.string().min(1).max(200))
    .min(1)
    .max(50)
    .optional()
    .describe(
      'Names of check runs and commit statuses that have to be green; all that the commit has, at least one, unless told.',
    ),
  app: z
    .string()
    .max(100)
    .regex(
      /^[a-z0-9][a-z0-9-]*$/,
      'write the app’s slug, as its page on GitHub has it: github-actions',
    )
    .optional()
    .describe(
      'Slug of the GitHub App whose check runs count, and nothing else: github-actions. Every app that may write checks can use any name.',
    ),
});

export type Parameters = z.infer<typeof parametersSchema>;
