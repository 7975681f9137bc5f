import { ownerAlias } from '../bridges';
import type { NetworkRecord } from '../store';
import { type HostLink, UNFINISHED_GROUP } from './host-network';

/** How the links of one owner are known. */
export interface LinkMarks {
  /** The mark of this owner's links. */
  readonly alias: string;
  /** Marks that they may still carry of former owners. */
  readonly formerAliases: readonly string[];
}

/** The marks of a record's links. */
export function marksOf({ owner, formerOwners = [] }: NetworkRecord): LinkMarks {
  return { alias: ownerAlias(owner), formerAliases: formerOwners.map(ownerAlias) };
}

/** Whether a link carries this owner's mark, or was left unfinished by a crash. */
export function isOurs(link: HostLink, { alias, formerAliases }: LinkMarks): boolean {
  if (link.alias === undefined) return link.group === UNFINISHED_GROUP;
  return link.alias === alias || formerAliases.includes(link.alias);
}
