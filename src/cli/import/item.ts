import type { Members } from './manifest';

/** An object of the input that becomes a part of the program. */
export interface Item {
  /** Which of the input's objects. */
  readonly index: number;
  /** Undefined for what has none, or is in the whole cluster. */
  readonly namespace: string | undefined;
  readonly name: string;
  /** The object as its author wants it. */
  readonly manifest: Members;
}

/** An object that the program can't have a part for. */
export interface LeftOut {
  readonly index: number;
  /** Why, e.g. `it has no name`. */
  readonly reason: string;
  /** What it is called, e.g. `Pod apps/web`. */
  readonly what: string;
}

/** An object with the parts that every item has, before its kind is known. */
export interface NamedObject extends Item {
  readonly kind: string;
  /** Without a version: empty for the core group. */
  readonly group: string;
}

/** An object that is left out. */
export function leftOut({ index, kind, namespace, name }: NamedObject, reason: string): LeftOut {
  const own = namespace === undefined ? name : `${namespace}/${name}`;
  return { index, reason, what: own === '' ? `a ${kind}` : `${kind} ${own}` };
}

export function isLeftOut(item: object): item is LeftOut {
  return 'reason' in item;
}
