/**
 * Frees one address and gives one, over and over, in a pool that is 99 % full: by the whole book (with
 * owners, quarantines and the rows for a store), or by the numbers of its pool alone.
 */

import path from 'node:path';
import { AddressBook } from 'netloom';

const [kind = '', subnet = '', singles = '0', blocks = '', part = 'book'] = process.argv.slice(2);
const held = Number(singles);
const PAIRS = 200_000;
const ROUNDS = 5;
/** Fast enough that half of what is free is in quarantine at any time. */
const STEP_MS = Math.ceil(60_000 / Math.max(1, held / 200));

/** Time of this process on the processor: a busy machine changes it least. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

/** Which one is freed next: the same every time, and spread over all. */
function spread(count: number): () => number {
  let seed = 12345;
  return () => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return Math.floor((seed / 2 ** 32) * count);
  };
}

function ownersOf(count: number): string[] {
  return Array.from(
    { length: count },
    (_, index) => `acme/shop/prod::AddressClaim::camera-${index}`,
  );
}

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
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = cpuSeconds();
    for (let pair = 0; pair < PAIRS; pair++) {
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
    }
    times.push(cpuSeconds() - start);
  }
  if (book.usage('bench', now).claimed !== held + blockList.length)
    throw new Error('claims are lost');
  return PAIRS / median(times);
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
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = cpuSeconds();
    for (let pair = 0; pair < PAIRS; pair++) {
      const index = next();
      space.free(places[index]);
      places[index] = give();
    }
    times.push(cpuSeconds() - start);
  }
  return PAIRS / median(times);
}

console.log(JSON.stringify({ perSecond: part === 'book' ? measureBook() : measureNumbers() }));
