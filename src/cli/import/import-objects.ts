import type { Problem } from '../../errors';
import { type CollectedItems, collectItems } from './collect-items';
import type { LeftOut } from './item';
import { findPools } from './pools';
import { printProgram } from './program';

/** An object to import, and what rules say of it. */
export interface ImportedObject {
  readonly object: Readonly<Record<string, unknown>>;
  readonly problems: readonly Problem[];
}

/** What an import gave. */
export interface Imported extends CollectedItems {
  /** The TypeScript program. */
  readonly text: string;
  /** IPPools that belong to no network of the input. */
  readonly unreferenced: readonly LeftOut[];
}

/**
 * A TypeScript program of constructs, whose synthesis gives objects that mean the same.
 *
 * @param namespace of objects that name none
 */
export function importObjects(
  objects: readonly ImportedObject[],
  namespace?: string | undefined,
): Imported {
  const collected = collectItems(
    objects.map(({ object }) => object),
    namespace,
  );
  const { items, ipPools } = collected;
  const pools = findPools(
    items.filter((item) => item.of === 'network'),
    ipPools,
  );
  const text = printProgram({
    items,
    pools,
    leftOut: [...collected.leftOut, ...collected.made],
    commentsOf: ({ index }) => (objects[index]?.problems ?? []).map(commentOf),
  });
  const unreferenced = pools.unreferenced.map(({ index, namespace, name }) => {
    const what = `IPPool ${namespace === undefined ? name : `${namespace}/${name}`}`;
    return { index, what, reason: 'no network here takes addresses from it' };
  });
  return { ...collected, text, unreferenced };
}

/** `NL_HOST_BITS: spec.config: ipam.subnet: "10.0.0.1/24" has host bits. Fix: 10.0.0.0/24?` */
function commentOf({ code, key, found, fix }: Problem): string {
  const end = /[.?!]$/.test(fix) ? '' : '.';
  return `${code}: ${key === '' ? '' : `${key}: `}${found}. Fix: ${fix}${end}`;
}
