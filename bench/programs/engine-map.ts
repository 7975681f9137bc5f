/**
 * What the whole book can't be faster than: a map of owners, and the rows for a store, with nothing
 * decided. No search, no quarantine, no checks: who asks next gets what was just freed.
 */

import { ownersOf, pairsPerSecond, spread } from './engine-measure';

const [, subnet = '', singles = '0'] = process.argv.slice(2);
const held = Number(singles);
const isV6 = subnet.includes(':');
const PAIRS = 200_000;

interface Held {
  readonly owner: string;
  readonly incarnation: number;
  readonly address: number;
}

function textOf(address: number): string {
  if (isV6) return `fd00::${(address >>> 16).toString(16)}:${(address & 0xffff).toString(16)}`;
  return `10.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

function rowOf({ owner, incarnation, address }: Held, state: string, until?: number): object {
  const addresses = [textOf(address)];
  const claim = { serial: incarnation, pool: 'bench', owner, identity: 'ci', state, incarnation };
  return { value: owner, changes: [{ kind: 'claim', claim: { ...claim, addresses, until } }] };
}

const owners = ownersOf(2 * held);
let counter = 0;
const byOwner = new Map<string, Held>();
const claims = owners.slice(0, held).map((owner, index) => {
  const claim = { owner, incarnation: ++counter, address: index + 1 };
  byOwner.set(owner, claim);
  return { owner, incarnation: claim.incarnation };
});
const idle = owners.slice(held);
const next = spread(held);
let turn = 0;
/** Rows are kept for a moment, as they are until the store has them. */
let rows: object[] = [];
const perSecond = pairsPerSecond(PAIRS, (pair) => {
  const claim = claims[next()] as (typeof claims)[number];
  const before = byOwner.get(claim.owner);
  if (before?.incarnation !== claim.incarnation) throw new Error(`${claim.owner} holds nothing`);
  byOwner.delete(claim.owner);
  rows.push(rowOf(before, 'released', pair));
  const place = turn++ % idle.length;
  const owner = idle[place] as string;
  idle[place] = claim.owner;
  const given = { owner, incarnation: ++counter, address: before.address };
  byOwner.set(owner, given);
  rows.push(rowOf(given, 'claimed'));
  claim.owner = owner;
  claim.incarnation = given.incarnation;
  if (rows.length > 64) rows = [];
});
console.log(JSON.stringify({ perSecond }));
