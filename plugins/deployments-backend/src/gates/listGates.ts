import { PlanContent, PlannedGate } from '@slipway/plugin-deployments-common';
import {
  ChecklistItemSpec,
  FreezeSpec,
  ProtectionSpec,
  RequiredCheckSpec,
  VerifiedItem,
} from '@slipway/plugin-deployments-node';
import { ITEM_TITLES } from './verifyItem';

/** A gate, and what it takes to judge it. */
export type GateRule = PlannedGate &
  (
    | { kind: 'freeze'; freeze: FreezeSpec }
    | { kind: 'soak'; soakMs: number }
    | { kind: 'check'; check: RequiredCheckSpec }
    | { kind: 'checklist'; item: VerifiedItem | null }
  );

/** The gates beside approvals that what a plan does has to pass. Nobody is kept from going back, unless the manifest wants it. */
export function listGates(
  protection: ProtectionSpec,
  content: Pick<PlanContent, 'operation' | 'commits'>,
): GateRule[] {
  const { freezes, soak, checks, checklist, holdsRollback } = protection;
  if (goesBack(content) && !holdsRollback) {
    return [];
  }
  return [
    ...(freezes ?? []).map(toFreezeGate),
    ...(soak === undefined ? [] : [toSoakGate(soak)]),
    ...(checks ?? []).map(toCheckGate),
    ...(checklist ?? []).map(toChecklistGate),
  ];
}

/**
 * Whether a plan returns to what was there before. A rollback that brings commits that do not run yet is none, whatever release it
 * names. Where the history does not tell, it is one: who has to go back is not kept from it by a forge that is away.
 */
function goesBack({
  operation,
  commits,
}: Pick<PlanContent, 'operation' | 'commits'>): boolean {
  const isForward = commits.direction === 'forward' && commits.total > 0;
  return operation === 'rollback' && !isForward;
}

/** Whether two lists have the same gates, so that what people say to those of one is said to those of the other. */
export function hasSameGates(
  one: readonly PlannedGate[],
  other: readonly PlannedGate[],
): boolean {
  const tell = (gates: readonly PlannedGate[]) =>
    gates.map(({ id, tickable }) => JSON.stringify([id, tickable])).sort();
  const told = tell(other);
  return (
    one.length === other.length &&
    tell(one).every((gate, i) => gate === told[i])
  );
}

/** What a plan says of a gate. */
export function toPlannedGate({
  id,
  kind,
  title,
  tickable,
}: GateRule): PlannedGate {
  return { id, kind, title, tickable };
}

function toFreezeGate(freeze: FreezeSpec): GateRule {
  return {
    id: `freeze:${freeze.name}`,
    kind: 'freeze',
    title: freeze.name,
    tickable: false,
    freeze,
  };
}

function toSoakGate(soakMs: number): GateRule {
  return {
    id: 'soak',
    kind: 'soak',
    title: 'Time in the environment before',
    tickable: false,
    soakMs,
  };
}

function toCheckGate(check: RequiredCheckSpec): GateRule {
  return {
    id: `check:${check.name}`,
    kind: 'check',
    title: check.name,
    tickable: false,
    check,
  };
}

function toChecklistGate(item: ChecklistItemSpec): GateRule {
  return typeof item === 'string'
    ? {
        id: `checklist:${item}`,
        kind: 'checklist',
        title: ITEM_TITLES[item],
        tickable: false,
        item,
      }
    : {
        id: `checklist:${item.id}`,
        kind: 'checklist',
        title: item.title,
        tickable: true,
        item: null,
      };
}
