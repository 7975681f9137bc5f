import { IpAddress } from './address';
import { Cidr } from './cidr';
import type { ClaimRecord, PoolRecord } from './claim-records';
import { claimId } from './claim-records';
import { type ParsedPoolSubnet, parsePoolSubnet } from './pool';
import type { SetAside } from './set-aside';

/** Where an address is said to be in use. */
export type AuditSource = 'host-local' | 'whereabouts' | 'reservation' | 'network-status';

/** One address that something outside of netloom says is in use. */
export interface Sighting {
  readonly source: AuditSource;
  /** In the text of this release; a record whose address can't be read is none. */
  readonly address: string;
  /** Network as its source names it: a folder of host-local, an IPPool, `namespace/name` of a NAD. */
  readonly network: string;
  /** Who has it: `namespace/name` of a pod, or a container's id with its interface. */
  readonly holder: string;
  /** Where it is written: a file's path, or an object's. */
  readonly place: string;
  /** Whether the holder is there; undefined where nobody can say, which is never a no. */
  readonly isAlive: boolean | undefined;
}

/** What an audit compares. */
export interface AuditInput {
  readonly pools: readonly PoolRecord[];
  /** Claims and offers that stand, and nothing else. */
  readonly claims: readonly ClaimRecord[];
  readonly setAsides: readonly SetAside[];
  readonly sightings: readonly Sighting[];
  /** Sources that were seen whole. What is missing in any other may be there. */
  readonly seen: readonly AuditSource[];
  /** Sources that should have been seen, and why they were not. */
  readonly unseen: Readonly<Record<string, string>>;
}

/** What an audit tells of. */
export type FindingKind =
  /** A record of an IPAM whose holder is gone. */
  | 'leaked-record'
  /** An address with more than one holder, or one that a claim holds and an IPAM gave. */
  | 'duplicate'
  /** An address of a pool that is in use without a claim. */
  | 'in-use'
  /** A claim whose address no pod has. */
  | 'unused-claim'
  /** An address that was set aside and that nobody uses any more. */
  | 'free-again';

/** One thing that an audit found. */
export interface Finding {
  readonly kind: FindingKind;
  /** The same for the same thing in each audit. */
  readonly key: string;
  readonly address: string;
  /** Absent for an address of no pool. */
  readonly pool?: string | undefined;
  /** In words, with everybody who is involved. */
  readonly found: string;
  /** What it was seen at. */
  readonly sightings: readonly Sighting[];
  /** The claim that it is about. */
  readonly claim?: ClaimRecord | undefined;
  /** Of an address in use: whether it goes to whoever asks for it by value. */
  readonly byValue?: boolean | undefined;
}

/** Networks for claimed addresses: their pods got the address by a claim. */
const CLAIMED = '-claimed';

/** Compares what the book says with what is in use. Nothing is found of what was not seen. */
export function audit(input: AuditInput): Finding[] {
  const pools = input.pools.map(({ name, spec }) => ({
    name,
    subnets: spec.subnets.map(parsePoolSubnet),
  }));
  const findings: Finding[] = [];
  for (const sighting of input.sightings) {
    if (sighting.isAlive === false) findings.push(leakedRecord(sighting, pools));
  }
  const claims = new ClaimsByAddress(input.claims);
  for (const [address, all] of byAddress(input.sightings)) {
    findings.push(...ofAddress(address, all, pools, claims, input.setAsides));
  }
  findings.push(...unusedClaims(input), ...freeAgain(input));
  return findings.sort((one, other) => (one.key < other.key ? -1 : 1));
}

interface AuditPool {
  readonly name: string;
  readonly subnets: readonly ParsedPoolSubnet[];
}

/** What holds of one address that at least one live holder has. */
function ofAddress(
  address: string,
  sightings: readonly Sighting[],
  pools: readonly AuditPool[],
  claims: ClaimsByAddress,
  setAsides: readonly SetAside[],
): Finding[] {
  const parsed = IpAddress.parse(address);
  const inPools = pools.filter(({ subnets }) =>
    subnets.some(({ subnet }) => subnet.contains(parsed)),
  );
  if (inPools.length === 0) return [...groups(sightings)].flatMap((group) => twice(address, group));
  return inPools.flatMap(({ name, subnets }) => {
    const claim = claims.holderOf(name, address);
    const given = sightings.filter(({ source }) => source !== 'network-status');
    const findings = twice(address, sightings, name);
    if (claim?.state === 'claimed' && given.length > 0) {
      findings.push({
        kind: 'duplicate',
        key: `duplicate ${name} ${address} claimed`,
        address,
        pool: name,
        found: `${address} of pool "${name}" is claimed by ${claim.owner} (${claimId(claim)}), and ${listed(given)}`,
        sightings: given,
        claim,
      });
    }
    const isServed = subnets.some(({ assignable }) => assignable.contains(parsed));
    const isKnown = setAsides.some((one) => one.pool === name && one.address === address);
    if (claim?.state !== 'claimed' && isServed && !isKnown) {
      findings.push(inUse(name, address, sightings));
    }
    return findings;
  });
}

function inUse(pool: string, address: string, sightings: readonly Sighting[]): Finding {
  return {
    kind: 'in-use',
    key: `in-use ${pool} ${address}`,
    address,
    pool,
    found: `${address} of pool "${pool}" is in use without a claim: ${listed(sightings)}`,
    sightings,
    // Only a claim leads there: it was lost, and its owner asks for it by value.
    byValue: sightings.every(
      ({ source, network }) => source === 'network-status' && network.endsWith(CLAIMED),
    ),
  };
}

/** Two pods, or two containers: a container's record and its pod are one. */
function twice(address: string, sightings: readonly Sighting[], pool?: string): Finding[] {
  const holdersOf = (isPod: boolean): Sighting[] => {
    const seen = new Map<string, Sighting>();
    for (const one of sightings) {
      if ((one.source === 'host-local') !== isPod) seen.set(one.holder, one);
    }
    return [...seen.values()];
  };
  const pods = holdersOf(true);
  const holders = pods.length > 0 ? pods : holdersOf(false);
  if (holders.length < 2) return [];
  const where = pool === undefined ? '' : ` of pool "${pool}"`;
  const key = `duplicate ${pool ?? networkOf(holders[0] as Sighting)} ${address}`;
  const found = `${address}${where} has ${holders.length} holders: ${listed(holders)}`;
  return [{ kind: 'duplicate', key, address, pool, found, sightings: holders }];
}

function leakedRecord(sighting: Sighting, pools: readonly AuditPool[]): Finding {
  const { source, address, network, holder, place } = sighting;
  const parsed = IpAddress.parse(address);
  const pool = pools.find(({ subnets }) => subnets.some(({ subnet }) => subnet.contains(parsed)));
  return {
    kind: 'leaked-record',
    key: `leaked-record ${place} ${address} ${holder}`,
    address,
    pool: pool?.name,
    found: `${source} of "${network}" keeps ${address} for ${holder}, which is gone (${place})`,
    sightings: [sighting],
  };
}

/** Only where all pods were seen: a claim may also be for something that is no pod. */
function unusedClaims({ claims, sightings, seen }: AuditInput): Finding[] {
  if (!seen.includes('network-status')) return [];
  const used = new Set(sightings.filter(isThere).map(({ address }) => address));
  const unused = claims.filter(
    ({ state, addresses }) =>
      state === 'claimed' &&
      addresses.length > 0 &&
      addresses.every((address) => !address.includes('/') && !used.has(address)),
  );
  return unused.map((claim) => ({
    kind: 'unused-claim',
    key: `unused-claim ${claim.pool} ${claimId(claim)}`,
    address: claim.addresses.join(' '),
    pool: claim.pool,
    found: `${claim.addresses.join(' ')} of pool "${claim.pool}" is claimed by ${claim.owner} (${claimId(claim)}), and no pod has it`,
    sightings: [],
    claim,
  }));
}

/** Only where every source was seen. */
function freeAgain({ setAsides, sightings, unseen }: AuditInput): Finding[] {
  if (Object.keys(unseen).length > 0) return [];
  const used = new Set(sightings.filter(isThere).map(({ address }) => address));
  return setAsides
    .filter(({ address }) => !used.has(address))
    .map(({ pool, address, why }) => ({
      kind: 'free-again',
      key: `free-again ${pool} ${address}`,
      address,
      pool,
      found: `${address} of pool "${pool}" was set aside (${why}), and nobody has it now`,
      sightings: [],
    }));
}

/** A record whose holder is gone says nothing of who uses the address. */
function isThere({ isAlive }: Sighting): boolean {
  return isAlive !== false;
}

function byAddress(sightings: readonly Sighting[]): Map<string, Sighting[]> {
  const found = new Map<string, Sighting[]>();
  for (const sighting of sightings.filter(isThere)) {
    const same = found.get(sighting.address);
    if (same) same.push(sighting);
    else found.set(sighting.address, [sighting]);
  }
  return found;
}

/** Outside of pools the same address may stand in networks that never meet. */
function groups(sightings: readonly Sighting[]): Iterable<Sighting[]> {
  const found = new Map<string, Sighting[]>();
  for (const sighting of sightings) {
    const network = networkOf(sighting);
    found.set(network, [...(found.get(network) ?? []), sighting]);
  }
  return found.values();
}

/** A network and its twin for claimed addresses are one. */
function networkOf({ source, network }: Sighting): string {
  const kind = source === 'reservation' ? 'whereabouts' : source;
  const name = network.endsWith(CLAIMED) ? network.slice(0, -CLAIMED.length) : network;
  return `${kind} ${name}`;
}

function listed(sightings: readonly Sighting[]): string {
  return sightings
    .map(({ source, network, holder }) => `${source} of "${network}" has it for ${holder}`)
    .join(', ');
}

/** Claims of single addresses by text, and the few blocks one after the other. */
class ClaimsByAddress {
  private readonly single = new Map<string, ClaimRecord>();
  private readonly blocks: { readonly block: Cidr; readonly claim: ClaimRecord }[] = [];

  constructor(claims: readonly ClaimRecord[]) {
    for (const claim of claims) {
      for (const address of claim.addresses) {
        if (address.includes('/')) this.blocks.push({ block: Cidr.parse(address), claim });
        else this.single.set(`${claim.pool} ${address}`, claim);
      }
    }
  }

  holderOf(pool: string, address: string): ClaimRecord | undefined {
    const single = this.single.get(`${pool} ${address}`);
    if (single || this.blocks.length === 0) return single;
    const parsed = IpAddress.parse(address);
    return this.blocks.find(({ block, claim }) => claim.pool === pool && block.contains(parsed))
      ?.claim;
  }
}
