/**
 * Frees one address and gives one, over and over, in a pool that is 99 % full: by the whole book (with
 * owners, quarantines and the rows for a store), or by the numbers of its pool alone.
 */

import path from 'node:path';
import { AddressBook } from 'netloom';
import { ownersOf, pairsPerSecond, spread } from './engine-measure';

const [kind = '', subnet = '', singles = '0', blocks = '', part = 'book'] = process.argv.slice(2);
const held = Number(singles);
const PAIRS = 200_000;
/** Fast enough that half of what is free is in quarantine at any time. */
const STEP_MS = Math.ceil(60_000 / Math.max(1, held / 200));

function measureBook(): number {
  const book = new AddressBook();
  const identity = 'ci';
  book.putPool({ name: 'bench', spec: { subnets: [{ subnet }] }, owner: 'bench', identity }, 0);
  const blockList = blocks === '' ? [] : blocks.split(',');
  for (const block of blockList)
    book.claim({ pool: 'bench', owner: block, identity, addresses: [block] }, 0);
  const owners = ownersOf(2 * held);
  const claims = owners.slice(0, held).map((owner) => {
    const { value } = book.claim({ pool: 'bench', owner, identity }, 0);
    return { owner, incarnation: value.incarnation };
  });
  const idle = owners.slice(held);
  const next = spread(held);
  let now = 0;
  let turn = 0;
  const perSecond = pairsPerSecond(PAIRS, () => {
    now += STEP_MS;
    const claim = claims[next()] as (typeof claims)[number];
    const { owner: before, incarnation } = claim;
    const { value } = book.release({ pool: 'bench', owner: before, identity, incarnation }, now);
    if (!value.released) throw new Error(`${before} had nothing to release`);
    const place = turn++ % idle.length;
    const owner = idle[place] as string;
    idle[place] = before;
    claim.owner = owner;
    claim.incarnation = book.claim({ pool: 'bench', owner, identity }, now).value.incarnation;
  });
  if (book.usage('bench', now).claimed !== held + blockList.length)
    throw new Error('claims are lost');
  return perSecond;
}

/** The pool's numbers alone. They are no public part of the package: taken from its folder. */
function measureNumbers(): number {
  const folder = path.dirname(require.resolve('netloom'));
  const { HeldPlace, NumberSpace } = require(path.join(folder, 'ipam/number-space.js'));
  const { readWords } = require(path.join(folder, 'ipam/words.js'));
  const { IpRange } = require('netloom');
  const range = IpRange.parse(subnet);
  const space = new NumberSpace(kind, [
    { first: range.first.value + 1n, last: range.last.value - 1n },
  ]);
  for (const block of blocks === '' ? [] : blocks.split(',')) {
    const { words, order } = readWords(block);
    space.take(new HeldPlace(kind, words, order));
  }
  const give = () => {
    const place = new HeldPlace(kind, space.next(0), 0);
    space.take(place);
    space.moveBehind(place);
    return place;
  };
  const places = Array.from({ length: held }, give);
  const next = spread(held);
  const perSecond = pairsPerSecond(PAIRS, () => {
    const index = next();
    space.free(places[index]);
    places[index] = give();
  });
  return perSecond;
}

console.log(JSON.stringify({ perSecond: part === 'book' ? measureBook() : measureNumbers() }));
