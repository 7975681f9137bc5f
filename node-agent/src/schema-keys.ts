import type { z } from 'zod';

type Def = Readonly<Record<string, unknown>> & { readonly type: string };

/**
 * The names of the keys that a schema knows at a path; of a choice between objects those of all. None
 * where it knows no object there.
 */
export function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  let found: z.core.$ZodType[] = objectsOf(schema);
  for (const part of path) {
    found = found.flatMap((one) => membersOf(one, part)).flatMap(objectsOf);
  }
  return [...new Set(found.flatMap((one) => Object.keys(shapeOf(one))))];
}

/** What is behind defaults and choices: objects, lists and records. */
function objectsOf(schema: z.core.$ZodType): z.core.$ZodType[] {
  const def = defOf(schema);
  if (def.type === 'union') return (def['options'] as z.core.$ZodType[]).flatMap(objectsOf);
  const inner = (def['innerType'] ?? def['in']) as z.core.$ZodType | undefined;
  return inner === undefined ? [schema] : objectsOf(inner);
}

function membersOf(schema: z.core.$ZodType, part: PropertyKey): z.core.$ZodType[] {
  const def = defOf(schema);
  const member = shapeOf(schema)[String(part)] ?? def['element'] ?? def['valueType'];
  return member === undefined ? [] : [member as z.core.$ZodType];
}

function shapeOf(schema: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> {
  return (defOf(schema)['shape'] ?? {}) as Readonly<Record<string, z.core.$ZodType>>;
}

function defOf(schema: z.core.$ZodType): Def {
  return schema._zod.def as unknown as Def;
}
