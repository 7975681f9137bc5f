/** Steps from a document's root to something inside. */
export type Steps = readonly (string | number)[];

/** An object of a document, and the way to it. */
export interface Found {
  readonly object: Readonly<Record<string, unknown>>;
  readonly base: Steps;
}

/** The objects in a value: of a `List` its items, of an array its elements, and of a text none. */
export function takeApart(value: unknown, base: Steps = []): Found[] {
  if (Array.isArray(value)) return value.flatMap((one, at) => takeApart(one, [...base, at]));
  if (!isMapping(value)) return [];
  if (!isList(value)) return [{ object: value, base }];
  const { items } = value;
  if (!Array.isArray(items)) return [];
  return items.flatMap((one, at) => takeApart(withKind(one, value), [...base, 'items', at]));
}

/** True for a `List` and for typed ones, such as a `PodList`. */
export function isList(value: unknown): value is Readonly<Record<string, unknown>> {
  return isMapping(value) && typeof value['kind'] === 'string' && /List$/.test(value['kind']);
}

/** The item with kind and version; those of a typed list, as the API server answers it, have none. */
export function withKind(item: unknown, list: Readonly<Record<string, unknown>>): unknown {
  if (!isMapping(item) || list['kind'] === 'List' || item['kind'] !== undefined) return item;
  const kind = String(list['kind']).replace(/List$/, '');
  return { apiVersion: list['apiVersion'], kind, ...item };
}

export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
