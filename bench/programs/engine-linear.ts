/**
 * The same work by the plainest engine: a map of who holds which address, and a search for the next
 * free one that looks at every address behind the last one given. No owners, quarantines or rows.
 */

import { pairsPerSecond, spread } from './engine-measure';

const [, subnet = '', singles = '0', blocks = ''] = process.argv.slice(2);
const held = Number(singles);
const isV6 = subnet.includes(':');
const PAIRS = 20_000;

const [network = '', length = '0'] = subnet.split('/');
const size = 1n << BigInt((isV6 ? 128 : 32) - Number(length));
const first = isV6 ? 0xfd00n << 112n : valueOfV4(network);
const last = first + size - 2n;

function valueOfV4(text: string): bigint {
  return text.split('.').reduce((value, part) => value * 256n + BigInt(part), 0n);
}

/** Blocks are skipped as a whole, which is more than a map of addresses could do. */
const closed =
  blocks === ''
    ? []
    : blocks.split(',').map((block) => {
        const [start = '', bits = '32'] = block.split('/');
        const from = valueOfV4(start);
        return { from, to: from + (1n << BigInt(32 - Number(bits))) - 1n };
      });
closed.sort((one, other) => (one.from < other.from ? -1 : 1));

const holders = new Map<bigint, number>();
let cursor = first;

function next(): bigint {
  for (;;) {
    cursor = cursor >= last ? first + 1n : cursor + 1n;
    const block = closed.find(({ from, to }) => from <= cursor && cursor <= to);
    if (block) cursor = block.to;
    else if (!holders.has(cursor)) return cursor;
  }
}

const addresses = Array.from({ length: held }, (_, index) => {
  const address = next();
  holders.set(address, index);
  return address;
});
const choose = spread(held);
const perSecond = pairsPerSecond(PAIRS, () => {
  const index = choose();
  holders.delete(addresses[index] as bigint);
  const address = next();
  holders.set(address, index);
  addresses[index] = address;
});
console.log(JSON.stringify({ perSecond }));
