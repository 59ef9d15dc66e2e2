import { createHash } from 'node:crypto';
import {
  Digest,
  digestSchema,
  PlanContent,
  PlanHash,
  planHashSchema,
} from '@slipway/plugin-deployments-common';
import { TargetEnvironment } from '@slipway/plugin-deployments-node';

/** The hash that approvals and runs are bound to: of every member of the content, in whatever order they lie. */
export function hashPlan(content: PlanContent): PlanHash {
  return planHashSchema.parse(digest(content));
}

/** The digest of all that a manifest says about one environment, of its build and its migrations. */
export function digestEnvironment(environment: TargetEnvironment): Digest {
  const { repository, build, migrations } = environment.manifest;
  return digestSchema.parse(
    `sha256:${digest({ repository, build, migrations, environment: environment.spec })}`,
  );
}

function digest(value: unknown): string {
  return createHash('sha256').update(toCanonicalJson(value)).digest('hex');
}

/**
 * JSON whose text depends on what a value holds, and not on the order its members came in. Members
 * that are undefined are left out, as JSON leaves them out.
 */
export function toCanonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(
          Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : inner,
  );
}
