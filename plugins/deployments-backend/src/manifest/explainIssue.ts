import leven from 'leven';
import { z } from 'zod';
import { listKeys } from './listKeys';

/** How far a word may be from a known one, in edits, to be taken for it. */
const MAX_DISTANCE = 3;

/** How much of a wrong value is quoted. */
const MAX_QUOTED_CHARS = 60;

type Issue = z.core.$ZodIssue;

/** What a schema has against a value, in words for people; `key` names a member that should not be there. */
export type Explanation = {
  path: PropertyKey[];
  key?: string;
  message: string;
  mend: string;
};

/** Says what a schema found wrong, and how to mend it. */
export function explainIssue(options: {
  issue: Issue;
  /** The document that the issue's path, after `prefix`, leads into. */
  value: unknown;
  schema: z.ZodType;
  prefix?: readonly PropertyKey[];
}): Explanation[] {
  const { issue, value, schema, prefix = [] } = options;
  const path = [...prefix, ...issue.path];
  const name = `\`${z.core.toDotPath(path) || 'The manifest'}\``;
  const found = valueAt(value, issue.path);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = listKeys(schema, issue.path);
      return issue.keys.map(key => ({
        path,
        key,
        message: `\`${key}\` is not known here.`,
        mend: suggestWord(key, known) ?? `Take it out. ${listWords(known)}`,
      }));
    }
    case 'invalid_type':
      return found === undefined
        ? [
            {
              path,
              message: `${name} is missing.`,
              mend: `Add it; it is ${describeType(issue.expected)}.`,
            },
          ]
        : [
            {
              path,
              message: `${name} has to be ${describeType(issue.expected)}, not ${describeValue(found)}.`,
              mend: `Write ${describeType(issue.expected)}.`,
            },
          ];
    case 'invalid_value': {
      const values = issue.values.map(String);
      return [
        {
          path,
          message:
            found === undefined
              ? `${name} is missing.`
              : `${name} cannot be ${describeValue(found)}.`,
          mend:
            (typeof found === 'string' && suggestWord(found, values)) ||
            `Write ${values.map(word => `\`${word}\``).join(' or ')}.`,
        },
      ];
    }
    case 'too_big':
    case 'too_small':
      return [
        {
          path,
          message: `${name} cannot be ${describeValue(found)}.`,
          mend: describeBound(issue),
        },
      ];
    case 'invalid_union': {
      const branch = issue.errors.find(issues =>
        issues.every(
          ({ code, path: inner }) =>
            code !== 'invalid_type' || inner.length > 0,
        ),
      );
      return branch
        ? branch.flatMap(inner =>
            explainIssue({
              issue: { ...inner, path: [...issue.path, ...inner.path] },
              value,
              schema,
              prefix,
            }),
          )
        : [
            {
              path,
              message: `${name} cannot be ${describeValue(found)}.`,
              mend: `Write ${describeUnion(issue.errors)}.`,
            },
          ];
    }
    case 'invalid_key':
      return [
        {
          path: path.slice(0, -1),
          key: String(path.at(-1)),
          message: `${name} cannot be named so.`,
          mend: toSentence(issue.issues[0]?.message ?? issue.message),
        },
      ];
    default:
      return [
        {
          path,
          message: `${name} cannot be ${describeValue(found)}.`,
          mend: toSentence(issue.message),
        },
      ];
  }
}

/** "Did you mean `vps`?", where a known word is near. */
export function suggestWord(
  word: string,
  known: readonly string[],
): string | undefined {
  const [nearest] = known
    .map(candidate => ({ candidate, distance: leven(word, candidate) }))
    .filter(
      ({ candidate, distance }) =>
        distance <= Math.min(MAX_DISTANCE, Math.ceil(candidate.length / 2)),
    )
    .sort((a, b) => a.distance - b.distance);
  return nearest && `Did you mean \`${nearest.candidate}\`?`;
}

/** "Known here: `a`, `b`." */
export function listWords(known: readonly string[]): string {
  return known.length === 0
    ? 'Nothing is known here.'
    : `Known here: ${known.map(word => `\`${word}\``).join(', ')}.`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, part) =>
      typeof inner === 'object' && inner !== null
        ? Object.getOwnPropertyDescriptor(inner, part)?.value
        : undefined,
    value,
  );
}

function describeType(expected: string): string {
  switch (expected) {
    case 'object':
    case 'record':
      return 'a map';
    case 'array':
      return 'a list';
    case 'string':
      return 'text';
    case 'int':
      return 'a whole number';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    default:
      return expected;
  }
}

function describeValue(value: unknown): string {
  if (value === undefined || value === null) {
    return 'empty';
  }
  if (Array.isArray(value)) {
    return 'a list';
  }
  if (typeof value === 'object') {
    return 'a map';
  }
  const text = String(value);
  return text.length > MAX_QUOTED_CHARS
    ? `\`${text.slice(0, MAX_QUOTED_CHARS)}…\``
    : `\`${text}\``;
}

function describeUnion(branches: readonly Issue[][]): string {
  const types = branches.flatMap(([first]) =>
    first?.code === 'invalid_type' ? [describeType(first.expected)] : [],
  );
  return types.length > 0 ? types.join(' or ') : 'another value';
}

function describeBound(
  issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall,
): string {
  const [word, bound] =
    issue.code === 'too_big'
      ? ['at most', issue.maximum]
      : ['at least', issue.minimum];
  switch (issue.origin) {
    case 'string':
      return `Write ${word} ${bound} characters.`;
    case 'array':
    case 'set':
      return `List ${word} ${bound}.`;
    default:
      return `Write a number that is ${word} ${bound}.`;
  }
}

function toSentence(text: string): string {
  const trimmed = text.trim().replace(/\.$/, '');
  return `${trimmed.charAt(0).toLocaleUpperCase('en-US')}${trimmed.slice(1)}.`;
}
