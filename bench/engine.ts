import type { Row } from './figures';
import { runProgram } from './programs';

interface Pool {
  readonly what: string;
  readonly kind: 'ipv4' | 'ipv6';
  readonly subnet: string;
  /** Claims of one address each. */
  readonly singles: number;
  /** Claims of blocks. */
  readonly blocks: readonly string[];
}

/** All of 10.0.0.0/8 but its first and last /14, which have 524,286 addresses to give. */
const MOST_OF_A_SLASH_8 = [
  '10.4.0.0/14',
  '10.8.0.0/13',
  '10.16.0.0/12',
  '10.32.0.0/11',
  '10.64.0.0/10',
  '10.128.0.0/10',
  '10.192.0.0/11',
  '10.224.0.0/12',
  '10.240.0.0/13',
  '10.248.0.0/14',
];

const POOLS: readonly Pool[] = [
  {
    what: 'a /16, 99 % full',
    kind: 'ipv4',
    subnet: '10.0.0.0/16',
    singles: Math.floor(65_534 * 0.99),
    blocks: [],
  },
  {
    what: 'a /8, 99 % full (in blocks, and 356,514 single ones)',
    kind: 'ipv4',
    subnet: '10.0.0.0/8',
    singles: 524_286 - 167_772,
    blocks: MOST_OF_A_SLASH_8,
  },
  { what: 'a /64 of IPv6', kind: 'ipv6', subnet: 'fd00::/64', singles: 64_880, blocks: [] },
];

interface Speed {
  readonly perSecond: number;
}

/** One address freed and one given, by processor time, each pool and side in a process of its own. */
export async function benchEngine(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { what, kind, subnet, singles, blocks } of POOLS) {
    const args = [kind, subnet, String(singles), blocks.join(',')];
    const numbers = await runProgram<Speed>('engine-netloom', [...args, 'numbers']);
    const book = await runProgram<Speed>('engine-netloom', [...args, 'book']);
    const linear = await runProgram<Speed>('engine-linear', args);
    const map = await runProgram<Speed>('engine-map', args);
    const peer = linear.result.perSecond;
    rows.push(
      { what: `free + give in ${what}`, netloom: numbers.result.perSecond, peer, unit: '/s' },
      {
        what: 'the same by the whole book: owners, quarantines, rows (peer: a map of owners)',
        netloom: book.result.perSecond,
        peer: map.result.perSecond,
        unit: '/s',
      },
    );
  }
  return rows;
}
