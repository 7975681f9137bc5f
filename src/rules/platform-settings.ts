import type { Problem } from '../errors';
import type { PlatformFacts } from '../kubernetes';

/** Settings that a platform's own way to install a part has no place for. */
export function checkSettingsKnown(
  facts: PlatformFacts,
  settings: object,
  known: readonly string[],
  how: string,
): Problem[] {
  return Object.entries(settings).flatMap(([key, value]): Problem[] => {
    if (value === undefined || known.includes(key)) return [];
    return [
      {
        code: 'NL_PLATFORM_UNSUPPORTED',
        key,
        found: `"${key}" has no place on ${facts.name}, where ${how} has no value for it`,
        allowed: `one of ${known.join(', ')}`,
        fix: 'leave it out',
      },
    ];
  });
}
