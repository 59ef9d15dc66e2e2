import { PlanContent } from '@slipway/plugin-deployments-common';
import { toCanonicalJson } from './hashPlan';

type List = { one: string; many: string; before: unknown[]; after: unknown[] };

/**
 * What is different between two plans of the same operation, as a part of a sentence: `1 commit added, the
 * migrations changed`.
 */
export function describePlanChange(
  before: PlanContent,
  after: PlanContent,
): string {
  const parts = [
    ...describeReleases(before, after),
    ...describeList({
      one: 'commit',
      many: 'commits',
      before: before.commits.items,
      after: after.commits.items,
    }),
    ...describeList({
      one: 'artifact',
      many: 'artifacts',
      before: before.artifacts,
      after: after.artifacts,
    }),
    ...describeList({
      one: 'migration',
      many: 'migrations',
      before: before.migrations,
      after: after.migrations,
    }),
    ...describeList({
      one: 'configuration name',
      many: 'configuration names',
      before: before.configuration,
      after: after.configuration,
    }),
    ...describeList({
      one: 'step',
      many: 'steps',
      before: before.steps,
      after: after.steps,
    }),
    ...describeList({
      one: 'finding',
      many: 'findings',
      before: before.findings,
      after: after.findings,
    }),
    ...(isSame(before.approvals, after.approvals)
      ? []
      : ['other approvals needed']),
    ...(before.manifest === after.manifest ? [] : ['the manifest changed']),
  ];
  return parts.length > 0 ? parts.join(', ') : 'its details changed';
}

function describeReleases(before: PlanContent, after: PlanContent): string[] {
  const { environment } = after;
  const parts: string[] = [];
  if (before.from?.id !== after.from?.id) {
    parts.push(
      after.from
        ? `${environment} now runs ${after.from.version}`
        : `it is no longer known what ${environment} runs`,
    );
  }
  if (before.to.id !== after.to.id) {
    parts.push(`${after.to.version} instead of ${before.to.version}`);
  }
  return parts;
}

function describeList({ one, many, before, after }: List): string[] {
  const added = countMissing(after, before);
  const removed = countMissing(before, after);
  const word = (count: number) => `${count} ${count === 1 ? one : many}`;
  return [
    ...(added > 0 ? [`${word(added)} added`] : []),
    ...(removed > 0 ? [`${word(removed)} removed`] : []),
    ...(added === 0 && removed === 0 && !isSame(before, after)
      ? [`the ${many} are in another order`]
      : []),
  ];
}

/** How many members of one list the other does not have. */
function countMissing(list: unknown[], other: unknown[]): number {
  const known = new Set(other.map(toCanonicalJson));
  return list.filter(item => !known.has(toCanonicalJson(item))).length;
}

function isSame(a: unknown, b: unknown): boolean {
  return toCanonicalJson(a) === toCanonicalJson(b);
}
