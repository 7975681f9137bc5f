import { definedOnly } from '../cni';
import type { Problem } from '../errors';

/** Members of arguments that their `type` has no use for: they would be ignored. */
export function checkMembers(
  key: string,
  args: { readonly type: string },
  members: readonly string[],
): Problem[] {
  return Object.keys(definedOnly(args))
    .filter((name) => name !== 'type' && !members.includes(name))
    .map((name) => ({
      code: 'NL_VALUES_CONFLICT' as const,
      key: `${key}.${name}`,
      found: `"${name}" is not a member of ${args.type}`,
      allowed: members.length > 0 ? `one of ${members.join(', ')}` : 'nothing beside type',
      fix: 'leave it out, or choose another type',
    }));
}

/** The problem of a `type` that there is not. */
export function unknownType(key: string, type: unknown, types: readonly string[]): Problem {
  return {
    code: 'NL_VALUE_OUT_OF_RANGE',
    key: `${key}.type`,
    found: `${JSON.stringify(type)} is not known`,
    allowed: `one of ${types.join(', ')}`,
    fix: `${types[0]}?`,
  };
}
