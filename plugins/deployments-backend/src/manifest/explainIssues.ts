import { ManifestProblem } from '@slipway/plugin-deployments-common';
import { z } from 'zod';
import { explainIssue } from './explainIssue';
import { ManifestDocument } from './ManifestDocument';

/** Says what a schema found wrong in a document, each where it lies. */
export function explainIssues(options: {
  document: ManifestDocument;
  value: unknown;
  schema: z.ZodType;
  issues: readonly z.core.$ZodIssue[];
  prefix?: readonly PropertyKey[];
}): ManifestProblem[] {
  const { document, issues, ...rest } = options;
  return issues.flatMap(issue =>
    explainIssue({ ...rest, issue }).map(explanation =>
      document.createProblem(explanation),
    ),
  );
}
