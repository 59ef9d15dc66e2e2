import {
  ApproverSpec,
  ChecklistItemSpec,
  ProtectionSpec,
} from '@slipway/plugin-deployments-node';
import { MinimumProtection } from '../configuration';

/** A manifest's protection, raised to what app-config says is the least; never lowered. */
export function strengthenProtection(options: {
  environment: string;
  /** Name of the environment's connection in app-config. */
  connection: string;
  protection: ProtectionSpec;
  minimum: readonly MinimumProtection[];
}): ProtectionSpec {
  const { protection } = options;
  const applying = options.minimum.filter(
    ({ environments, connections }) =>
      environments.includes(options.environment) ||
      connections.includes(options.connection),
  );
  if (applying.length === 0) {
    return protection;
  }
  const all: ProtectionSpec[] = [protection, ...applying];
  const approvers = applying.reduce<ApproverSpec[]>(
    (wanted, least) => narrowApprovers(wanted, least.approvers),
    protection.approvers,
  );
  const quorums = applying.flatMap(least => least.approvers.filter(hasQuorum));
  return {
    approvals: Math.max(...all.map(countNeeded)),
    approvers: joinApprovers([...approvers, ...quorums]),
    selfApproval: all.every(({ selfApproval }) => selfApproval),
    ...omitAbsent({
      approvalExpiry: pick(Math.min, all, one => one.approvalExpiry),
      freezes: joinNamed(all.flatMap(({ freezes = [] }) => freezes)),
      soak: pick(Math.max, all, one => one.soak),
      checks: joinNamed(all.flatMap(({ checks = [] }) => checks)),
      checklist: joinItems(all.flatMap(({ checklist = [] }) => checklist)),
      holdsRollback: all.some(one => one.holdsRollback) || undefined,
    }),
  };
}

/** How many approvals a protection needs in all: those of its quorums are among them, and so are more where it says so. */
export function countNeeded({
  approvals,
  approvers,
}: Pick<ProtectionSpec, 'approvals' | 'approvers'>): number {
  const quorums = approvers
    .filter(hasQuorum)
    .reduce((sum, { quorum }) => sum + quorum, 0);
  return Math.max(approvals, quorums);
}

/** The group of an approver. */
export function groupOf(approver: ApproverSpec): string {
  return typeof approver === 'string' ? approver : approver.group;
}

/** Whether an approver is a group of which so many have to approve. */
export function hasQuorum(
  approver: ApproverSpec,
): approver is Exclude<ApproverSpec, string> {
  return typeof approver !== 'string';
}

/** Who both allow; where that is nobody, those of the minimum. An empty list allows everybody. */
function narrowApprovers(
  wanted: ApproverSpec[],
  least: readonly ApproverSpec[],
): ApproverSpec[] {
  if (least.length === 0) {
    return wanted;
  }
  const allowed = least.map(groupOf);
  const both = wanted.filter(approver => allowed.includes(groupOf(approver)));
  return both.length > 0 ? both : [...least];
}

/** Each group once, with the largest quorum that any of them asks for. */
function joinApprovers(approvers: readonly ApproverSpec[]): ApproverSpec[] {
  const joined = new Map<string, ApproverSpec>();
  for (const approver of approvers) {
    const group = groupOf(approver);
    const known = joined.get(group);
    if (
      known === undefined ||
      (hasQuorum(approver) &&
        (!hasQuorum(known) || approver.quorum > known.quorum))
    ) {
      joined.set(group, approver);
    }
  }
  return [...joined.values()];
}

/** All of them; of those with one name, each later one has a name of its own. Undefined for none. */
function joinNamed<T extends { name: string }>(
  items: readonly T[],
): T[] | undefined {
  const taken = new Set<string>();
  const named = items.map(item => {
    let { name } = item;
    for (let number = 2; taken.has(name); number += 1) {
      name = `${item.name} (${number})`;
    }
    taken.add(name);
    return { ...item, name };
  });
  return named.length > 0 ? named : undefined;
}

/** Each item once; the title of the minimum counts. */
function joinItems(
  items: readonly ChecklistItemSpec[],
): ChecklistItemSpec[] | undefined {
  const joined = new Map(
    items.map(item => [typeof item === 'string' ? item : item.id, item]),
  );
  return joined.size > 0 ? [...joined.values()] : undefined;
}

function pick(
  choose: (...values: number[]) => number,
  all: readonly ProtectionSpec[],
  read: (one: ProtectionSpec) => number | undefined,
): number | undefined {
  const values = all.map(read).filter(value => value !== undefined);
  return values.length > 0 ? choose(...values) : undefined;
}

/** What is not there is left out, so that the digest of a manifest does not depend on how it came about. */
function omitAbsent<T extends object>(members: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}
