import {
  CheckProvider,
  ProtectionSpec,
} from '@slipway/plugin-deployments-node';
import { z } from 'zod';
import { readFreezeTimes } from '../gates/freezeTimes';
import { toFullReferences } from '../toFullReferences';
import { toGroupRef } from '../toGroupRef';
import { listWords, suggestWord } from './explainIssue';
import { groupOf } from './strengthenProtection';

/** What is wrong with a protection. `path` points into it. */
export type ProtectionFault = { path: Array<string | number> } & (
  | { message: string; mend: string }
  /** What a schema has against the parameters of a check. */
  | { issues: z.core.$ZodIssue[]; value: unknown; schema: z.ZodType }
);

/**
 * Rules of a protection that its schema cannot say: times that come, kinds of check that are installed, names that are there once.
 */
export function checkProtection(options: {
  protection: ProtectionSpec;
  providers: ReadonlyMap<string, CheckProvider>;
}): ProtectionFault[] {
  const { protection, providers } = options;
  return [
    ...checkApprovers(protection),
    ...checkFreezes(protection),
    ...checkChecks(protection, providers),
    ...checkChecklist(protection),
  ];
}

function checkApprovers({ approvers }: ProtectionSpec): ProtectionFault[] {
  const wrong = approvers.flatMap((approver, i) => {
    const group = groupOf(approver);
    try {
      toGroupRef(group);
      return [];
    } catch {
      return {
        message: `\`${group}\` is not an entity reference.`,
        mend: 'Write one such as group:default/shop-team.',
        path: ['approvers', i],
      };
    }
  });
  return wrong.length > 0
    ? wrong
    : findTwins(
        'approvers',
        'approvers',
        toFullReferences(approvers).map(approver => ({
          name: groupOf(approver),
        })),
      );
}

function checkFreezes({ freezes = [] }: ProtectionSpec): ProtectionFault[] {
  const wrong = freezes.flatMap((freeze, i) => {
    try {
      readFreezeTimes(freeze);
      return [];
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return {
        message: `It is not known when the freeze \`${freeze.name}\` is: ${message}.`,
        mend: 'Write `rrule` with DTSTART;TZID=Europe/Berlin:20261218T180000, or `cron` and `timeZone`.',
        path: ['freezes', i],
      };
    }
  });
  return [...wrong, ...findTwins('freezes', 'freezes', freezes)];
}

function checkChecks(
  { checks = [] }: ProtectionSpec,
  providers: ReadonlyMap<string, CheckProvider>,
): ProtectionFault[] {
  const wrong = checks.flatMap(({ kind, parameters }, i): ProtectionFault[] => {
    const provider = providers.get(kind);
    if (!provider) {
      const kinds = [...providers.keys()];
      return [
        {
          message: `The kind of check \`${kind}\` is not installed.`,
          mend: suggestWord(kind, kinds) ?? listWords(kinds),
          path: ['checks', i, 'kind'],
        },
      ];
    }
    const { error } = provider.parametersSchema.safeParse(parameters);
    return error
      ? [
          {
            issues: error.issues,
            value: parameters,
            schema: provider.parametersSchema,
            path: ['checks', i, 'parameters'],
          },
        ]
      : [];
  });
  return [...wrong, ...findTwins('checks', 'checks', checks)];
}

function checkChecklist({ checklist = [] }: ProtectionSpec): ProtectionFault[] {
  return findTwins(
    'checklist',
    'items',
    checklist.map(item => ({
      name: typeof item === 'string' ? item : item.id,
    })),
  );
}

function findTwins(
  member: string,
  many: string,
  items: ReadonlyArray<{ name: string }>,
): ProtectionFault[] {
  return items.flatMap(({ name }, i) =>
    items.findIndex(other => other.name === name) === i
      ? []
      : {
          message: `There are two ${many} named \`${name}\`.`,
          mend: 'Give each a name of its own.',
          path: [member, i],
        },
  );
}
