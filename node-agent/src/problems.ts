import { incarnationOf, meantName, type Problem } from 'netloom';
import type { z } from 'zod';
import { keysAt } from './schema-keys';

/** A path as its user writes it: `tokens[0].verbs`. */
export function keyOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((key, part) => {
    if (typeof part === 'number') return `${key}[${part}]`;
    return key === '' ? String(part) : `${key}.${String(part)}`;
  }, '');
}

/**
 * What zod found, one problem for each value.
 *
 * @param schema what it was parsed by
 * @param input what was parsed, to show the wrong values
 * @param isSecret true for keys whose values must not be shown
 */
export function problemsOfSchema(
  error: z.ZodError,
  schema: z.ZodType,
  input: unknown,
  code: 'NL_CONFIG_INVALID' | 'NL_REQUEST_INVALID',
  isSecret: (key: string) => boolean = () => false,
): Problem[] {
  return error.issues.flatMap((issue): Problem[] => {
    if (issue.code === 'unrecognized_keys') {
      const known = keysAt(schema, issue.path);
      return issue.keys.map((name) => {
        const meant = meantName(known, name);
        return {
          code,
          key: keyOf([...issue.path, name]),
          found: 'there is no such key',
          allowed: known.length > 0 ? `one of ${known.join(', ')}` : 'nothing',
          fix: meant === undefined ? 'leave it out' : `${meant}?`,
        };
      });
    }
    const key = keyOf(issue.path);
    const value = valueAt(input, issue.path);
    const isMissing = value === undefined;
    return [
      {
        code,
        key,
        found: isMissing
          ? 'it is missing'
          : isSecret(key)
            ? 'its value does not fit'
            : `${show(value)} does not fit`,
        allowed: allowedBy(issue),
        fix: isMissing ? 'add it' : 'correct the value',
      },
    ];
  });
}

/**
 * The id that a change of a pool or bridge names. A number above all that were given would push the
 * counter up, in the end beyond what a number can hold.
 */
export function checkChangeId(
  kind: 'pool' | 'bridge' | 'network',
  name: string,
  id: string | undefined,
  highest: number,
): Problem[] {
  if (id === undefined) return [];
  const incarnation = id.startsWith(`${name}#`) ? incarnationOf(id) : undefined;
  if (incarnation !== undefined && incarnation <= highest) return [];
  return [
    {
      code: 'NL_REQUEST_INVALID',
      key: 'id',
      found: `${show(id)} is no id that this agent gave to ${kind} "${name}"`,
      allowed: `the id that the ${kind} was answered with`,
      fix: `leave it out to make the ${kind} anew; in Pulumi: pulumi refresh`,
    },
  ];
}

function allowedBy(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_value':
      return `one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'invalid_type':
      return `a value of type ${issue.expected}`;
    case 'too_small':
      return `at least ${issue.minimum} ${unitOf(issue.origin)}`.trim();
    case 'too_big':
      return `at most ${issue.maximum} ${unitOf(issue.origin)}`.trim();
    default:
      return issue.message;
  }
}

function unitOf(origin: string): string {
  if (origin === 'string') return 'characters';
  return origin === 'array' ? 'entries' : '';
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, part) => {
    return typeof value === 'object' && value !== null
      ? (value as Record<PropertyKey, unknown>)[part]
      : undefined;
  }, input);
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
