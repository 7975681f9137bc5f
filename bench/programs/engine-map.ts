/**
 * What the whole book can't be faster than: a map of owners, and the rows for a store, with nothing
 * decided. No search, no quarantine, no checks: who asks next gets what was just freed.
 */

const [, subnet = '', singles = '0'] = process.argv.slice(2);
const held = Number(singles);
const isV6 = subnet.includes(':');
const PAIRS = 200_000;
const ROUNDS = 5;

interface Held {
  readonly owner: string;
  readonly incarnation: number;
  readonly address: number;
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

function spread(count: number): () => number {
  let seed = 12345;
  return () => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return Math.floor((seed / 2 ** 32) * count);
  };
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

const owners = Array.from(
  { length: 2 * held },
  (_, index) => `acme/shop/prod::AddressClaim::camera-${index}`,
);
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
const times: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const start = cpuSeconds();
  for (let pair = 0; pair < PAIRS; pair++) {
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
  }
  times.push(cpuSeconds() - start);
}
console.log(JSON.stringify({ perSecond: PAIRS / median(times) }));
