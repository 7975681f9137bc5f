import type { KeyStep } from '../cni';

/** Where a value stands in an object. */
export interface ObjectPath {
  /** Steps from the object's root, e.g. `['spec', 'config']`. */
  readonly path: readonly KeyStep[];
  /** Where the value at `path` is a text that holds JSON: the steps in there, e.g. `['ipam', 'ranges', 0, 0, 'subnet']`. */
  readonly inside?: readonly KeyStep[];
  /** Where the value at `path` is a text: offsets of a part of it. Excludes `inside`. */
  readonly span?: readonly [start: number, end: number];
  /** True when the key itself is meant (an unknown or misspelt key), not its value. */
  readonly isKey?: boolean;
}
