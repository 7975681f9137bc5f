/** Planted faults of the protocol: each of them has to break a promise. */
export type Mutant =
  | 'free on API error'
  | 'release without incarnation'
  | 'delete by name without uid'
  | 'delete by uid alone'
  | 'shrink without looking for intents'
  | 'confirm without reading the pool again'
  | 'address before intent'
  | 'answer without confirming'
  | 'several claim sizes in one pool'
  | 'quarantine ends at release'
  | 'orphans are never swept'
  | 'drop the intent of a transfer without touching the old owner';

/** One claim of an owner, as its owner record has it. */
export interface Entry {
  /** Made up for each attempt, never used again; the address record carries it, too. */
  readonly grant: number;
  at: number;
  /** 2^order addresses. */
  order: number;
  phase: 'intended' | 'claimed' | 'released' | 'handed';
  incarnation: number;
  /** Its deadline or quarantine is over. */
  over: boolean;
  /** Of a freed one: its address record may go. */
  free: boolean;
  /** Of an intent that was a freed address of the same owner: dropping it makes it one again. */
  wasReleased: boolean;
  /** Of an intent to take a claim over, and of a claim that was handed over: the other grant, else 0. */
  peer: number;
}

/** Objects have a version that each write raises; a write names the one it knows. */
export interface OwnerRecord {
  version: number;
  entries: Entry[];
}

export interface AddressRecord {
  /** Stands for uid and resourceVersion: each write gives it a new one. */
  readonly uid: number;
  owner: number;
  grant: number;
}

export interface PoolRecord {
  version: number;
  /** Addresses 0 to size-1. */
  size: number;
  /** The size that it shall have; what is outside is closed. */
  closing: number | null;
  /** The one claim size of the pool; undefined before the first claim. */
  order: number | null;
}

/** What an agent has in hand: the step it takes next, and what it has read. */
export interface Hand {
  step: string;
  readonly verb: Verb;
  readonly owner: number;
  readonly order: number;
  /** Of a release. */
  readonly incarnation: number;
  /** What a sweep looks at: an address record's name, or an owner's number. */
  readonly target: string;
  tries: number;
  /** Of the owner record, as it was read or written last. */
  version: number;
  entry: Entry | null;
  /** The rival's record, or that of the other owner in a transfer. */
  other: { owner: number; version: number; grant: number; uid: number };
  pool: { version: number; size: number };
}

export type Verb = 'claim' | 'release' | 'sweep' | 'shrink' | 'grow' | 'transfer';

/** What the clients know, kept apart from what is stored. */
export interface Truth {
  /** By owner: what it holds, from the moment that nothing can take it back but the owner. */
  held: ({ at: number; order: number; incarnation: number } | null)[];
  /** Incarnations that an owner was told, or may be told. */
  told: number[][];
  /** Quarantines that go on: by address. */
  quarantine: ({ owner: number } | null)[];
  /** What went wrong. */
  broken: string | null;
}

export interface World {
  pool: PoolRecord;
  owners: (OwnerRecord | null)[];
  /** By name: first address and, with several sizes, order. */
  addresses: Record<string, AddressRecord>;
  agents: (Hand | null)[];
  /** Creations whose sender has given up and that may still arrive. */
  late: { name: string; owner: number; grant: number }[];
  left: Record<Verb, number> & { crash: number; late: number; error: number; tick: number };
  next: number;
  truth: Truth;
}

export interface Scenario {
  readonly name: string;
  /** Addresses of the pool, a power of two. */
  readonly size: number;
  readonly orders: readonly number[];
  readonly left: Partial<World['left']>;
  /** What a shrink leaves. */
  readonly shrinkTo?: number;
  /** Owners that ask; the model has two. */
  readonly owners?: readonly number[];
}

export function worldOf({ size, left }: Scenario): World {
  const none = { claim: 0, release: 0, sweep: 0, shrink: 0, grow: 0, transfer: 0 };
  return {
    pool: { version: 1, size, closing: null, order: null },
    owners: [null, null],
    addresses: {},
    agents: [null, null],
    late: [],
    left: { ...none, crash: 0, late: 0, error: 0, tick: 0, ...left },
    next: 1,
    truth: {
      held: [null, null],
      told: [[], []],
      quarantine: Array.from({ length: size }, () => null),
      broken: null,
    },
  };
}

/**
 * Gives states that differ in nothing but made-up numbers the same text: grants, uids and
 * incarnations are only ever compared, and so are versions, with those of the records.
 */
export function canonical(world: World): World {
  const names = new Map<number, number>();
  const nameOf = (number: number): number => {
    if (number === 0) return 0;
    const name = names.get(number) ?? names.size + 1;
    names.set(number, name);
    return name;
  };
  const renameEntry = (entry: Entry): Entry => ({
    ...entry,
    grant: nameOf(entry.grant),
    incarnation: nameOf(entry.incarnation),
    peer: nameOf(entry.peer),
  });
  const freshness = (version: number, record: { version: number } | null | undefined): number => {
    if (!record) return version === 0 ? 0 : -1;
    return version === record.version ? 1 : -1;
  };
  const owners = world.owners.map(
    (record) => record && { version: 1, entries: record.entries.map(renameEntry) },
  );
  const addresses: World['addresses'] = {};
  for (const name of Object.keys(world.addresses).sort()) {
    const { uid, owner, grant } = world.addresses[name] as AddressRecord;
    addresses[name] = { uid: nameOf(uid), owner, grant: nameOf(grant) };
  }
  const agents = world.agents.map(
    (hand) =>
      hand && {
        ...hand,
        incarnation: nameOf(hand.incarnation),
        version: freshness(hand.version, world.owners[hand.owner]),
        entry: hand.entry && renameEntry(hand.entry),
        other: {
          owner: hand.other.owner,
          version: freshness(hand.other.version, world.owners[hand.other.owner]),
          grant: nameOf(hand.other.grant),
          uid: nameOf(hand.other.uid),
        },
        pool: { version: freshness(hand.pool.version, world.pool), size: hand.pool.size },
      },
  );
  const truth = {
    ...world.truth,
    held: world.truth.held.map(
      (held) => held && { ...held, incarnation: nameOf(held.incarnation) },
    ),
    told: world.truth.told.map((list) => list.map(nameOf)),
  };
  const late = world.late.map((one) => ({ ...one, grant: nameOf(one.grant) }));
  const pool = { ...world.pool, version: 1 };
  const next = names.size + 1;
  return { pool, owners, addresses, agents, late, left: world.left, next, truth };
}
