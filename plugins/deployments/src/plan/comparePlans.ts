import { Finding, PlanContent } from '@slipway/plugin-deployments-common';
import { shortenHash } from '../format';

export const PLAN_SECTIONS = [
  'releases',
  'commits',
  'artifacts',
  'migrations',
  'configuration',
  'steps',
  'findings',
  'approvals',
  'gates',
  'doesNotRevert',
  'manifest',
] as const;
export type PlanSection = (typeof PLAN_SECTIONS)[number];

/** What one section of two plans has in common and what only one of them has, a line each. */
export type SectionComparison = {
  section: PlanSection;
  onlyFirst: string[];
  onlySecond: string[];
  both: string[];
};

/** Compares two plans section by section. */
export function comparePlans(
  first: PlanContent,
  second: PlanContent,
): SectionComparison[] {
  return PLAN_SECTIONS.map(section => {
    const before = linesOf(first, section);
    const after = linesOf(second, section);
    return {
      section,
      onlyFirst: before.filter(line => !after.includes(line)),
      onlySecond: after.filter(line => !before.includes(line)),
      both: before.filter(line => after.includes(line)),
    };
  });
}

/** Whether a section is another one in the two plans. */
export function differs(comparison: SectionComparison): boolean {
  return comparison.onlyFirst.length + comparison.onlySecond.length > 0;
}

function linesOf(plan: PlanContent, section: PlanSection): string[] {
  switch (section) {
    case 'releases':
      return [
        `${plan.from?.version ?? '-'} → ${plan.to.version} (${shortenHash(
          plan.to.commitId,
        )})`,
      ];
    case 'commits':
      return plan.commits.items.map(
        commit => `${shortenHash(commit.id)} ${commit.subject}`,
      );
    case 'artifacts':
      return plan.artifacts.map(
        ({ name, to }) => `${name} ${to ? shortenHash(to) : '-'}`,
      );
    case 'migrations':
      return plan.migrations.flatMap(({ name, findings }) => [
        name,
        ...findings.map(finding => `${name}: ${describe(finding)}`),
      ]);
    case 'configuration':
      return plan.configuration.map(({ name, change }) => `${name} ${change}`);
    case 'steps':
      return plan.steps.map(({ id, title }) => `${id}: ${title}`);
    case 'findings':
      return plan.findings.map(describe);
    case 'approvals':
      return [
        [plan.approvals.needed, ...plan.approvals.groups].join(' '),
        ...(plan.approvals.selfApproval ? ['selfApproval'] : []),
        ...(plan.approvals.quorums ?? []).map(
          ({ group, needed }) => `${needed} ${group}`,
        ),
        ...(plan.approvals.expiryMs === undefined
          ? []
          : [`expiry ${plan.approvals.expiryMs} ms`]),
      ];
    case 'gates':
      return (plan.gates ?? []).map(({ kind, title }) => `${kind}: ${title}`);
    case 'doesNotRevert':
      return plan.doesNotRevert;
    case 'manifest':
      return [shortenHash(plan.manifest)];
    default:
      return section satisfies never;
  }
}

function describe({ severity, message, mend }: Finding): string {
  return [`${severity}: ${message}`, mend].filter(Boolean).join(' ');
}
