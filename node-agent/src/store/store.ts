import type { BookChange, ClaimRecord, LearnedClaim, PoolRecord } from 'netloom';
import type { BridgeSpec, NodeNetworkSpec } from 'netloom/agent-api';
import type { AddressImage, RouteImage } from '../checkpoint/host-image';

/** What netloom may have put on a bridge and takes off again once the spec no longer names it. */
export interface ManagedParts {
  readonly addresses: readonly string[];
  readonly ports: readonly string[];
  readonly mtu?: number | undefined;
  readonly stp?: boolean | undefined;
  readonly multicastSnooping?: boolean | undefined;
  /** Addresses of others that a change takes off for a moment, to be put back. */
  readonly keeps?: readonly string[] | undefined;
  /** Owners that handed the bridge over and whose mark its link may still carry. */
  readonly formerOwners?: readonly string[] | undefined;
}

/** Whose bridge it is and what it shall be. */
export interface BridgeWish {
  readonly owner: string;
  /** Whose credential made it. */
  readonly identity: string;
  /** Raised by each put; a removal with an older one has no effect. */
  readonly incarnation: number;
  readonly spec: BridgeSpec;
}

/** A new wish that is recorded and not yet known to be done in the kernel. */
export interface PendingPut {
  readonly kind: 'put';
  /** What to go back to when the kernel refuses; absent for a bridge that was not there. */
  readonly before?: BridgeWish | undefined;
  /** True when no link of that name was there: only then may going back delete the link. */
  readonly makes: boolean;
}

/** A change that is recorded and not yet known to be done in the kernel. */
export type PendingChange = PendingPut | { readonly kind: 'remove' };

/** A link as it was before netloom touched it. */
export interface LinkImage {
  readonly alias?: string | undefined;
  readonly master?: string | undefined;
  readonly mac: string;
  readonly mtu: number;
  readonly up: boolean;
  readonly stp?: boolean | undefined;
  readonly multicastSnooping?: boolean | undefined;
  readonly addresses: readonly string[];
  /** Links that were parts of it. */
  readonly ports: readonly string[];
  /** Of a port that carried the node's own traffic: what its bridge has instead of it. */
  readonly uplink?: UplinkImage | undefined;
}

/** What moves to a bridge with the interface of the default route. */
export interface UplinkImage {
  readonly addresses: readonly AddressImage[];
  readonly routes: readonly RouteImage[];
}

/** What a removal brings back. */
export interface BeforeImages {
  /** Boot of the machine that they were taken in: after another one they are void. */
  readonly bootId: string;
  /** The bridge that was adopted; absent for one that netloom made. */
  readonly bridge?: LinkImage | undefined;
  /** Ports that netloom took, by name. */
  readonly ports: Readonly<Record<string, LinkImage>>;
}

/** A host bridge as it is stored. */
export interface BridgeRecord extends BridgeWish {
  readonly name: string;
  /** Always holds the spec's own parts; more of them while a change is pending. */
  readonly managed: ManagedParts;
  readonly pending?: PendingChange | undefined;
  readonly images?: BeforeImages | undefined;
}

/** Addresses that a link got from a pool. */
export interface NetworkClaim {
  readonly pool: string;
  /** Of the claim. */
  readonly id: string;
  /** With prefix length. */
  readonly addresses: readonly string[];
}

/** Whose network of a node it is and what it shall be. */
export interface NetworkWish {
  readonly owner: string;
  /** Whose credential made it. */
  readonly identity: string;
  /** Raised by each put; a removal with an older one has no effect. */
  readonly incarnation: number;
  /** In its normal form. */
  readonly spec: NodeNetworkSpec;
  /** Links that its references stand for. */
  readonly resolved: Readonly<Record<string, string>>;
  /** By link, as the spec names it. */
  readonly claims: Readonly<Record<string, readonly NetworkClaim[]>>;
}

/** A route that moved with its link. */
export interface MovedRoute {
  /** Prefix form; 0.0.0.0/0 and ::/0 for default routes. */
  readonly dst: string;
  /** Number of the routing table. */
  readonly table: number;
  readonly metric: number;
  /** Its other attributes, as plans compare them. */
  readonly words: string;
  /** All that the kernel told of it. */
  readonly image: RouteImage;
}

/** A port that carried the node's own traffic when it was taken: what its bridge has instead of it. */
export interface MovedUplink {
  readonly bridge: string;
  readonly mac: string;
  readonly addresses: readonly AddressImage[];
  readonly routes: readonly MovedRoute[];
}

/** One owner's part of the node's network, as it is stored. */
export interface NetworkRecord extends NetworkWish {
  /** Links that were made, or are about to be. */
  readonly made: readonly string[];
  /** Settings of the host before they were changed first, by key; null for what was not there. */
  readonly before: Readonly<Record<string, string | null>>;
  /** Of ports that carried the node's own traffic, by name. @default - none */
  readonly uplinks?: Readonly<Record<string, MovedUplink>> | undefined;
  /** Links of the node's own traffic that may be changed for it: asked for, and allowed by the policy. */
  readonly touches?: readonly string[] | undefined;
  /** Boot of the machine that `before`, `uplinks` and `resolved` are of: after another one they are void. */
  readonly bootId: string;
  /** Owners that handed it over and whose mark its links may still carry. */
  readonly formerOwners?: readonly string[] | undefined;
  readonly pending?:
    | {
        readonly kind: 'put';
        /** What to go back to when the kernel refuses; absent for the first one of an owner. */
        readonly before?: NetworkWish | undefined;
      }
    | { readonly kind: 'remove'; readonly before?: NetworkWish | undefined }
    | undefined;
}

/** Counters that never go back: of the address book, and of the bridges' incarnations. */
export type CounterName = 'book' | 'bridges';

/** A backup that was put in a store's place. */
export interface Restoration {
  /** Raised by each restoration; 0 is the time before the first. */
  readonly epoch: number;
  /** The file that it came from. */
  readonly from: string;
  /** In ms since 1970. */
  readonly restoredAt: number;
  /**
   * Why claims are served again: an audit has set aside what is in use, or an operator said so.
   * Absent until then.
   */
  readonly released?: {
    readonly at: number;
    readonly by: 'audit' | 'operator';
    readonly why: string;
  };
}

/** One row to write. */
export type StoreChange =
  | BookChange
  | { readonly kind: 'restoration'; readonly restoration: Restoration }
  | { readonly kind: 'bridge'; readonly name: string; readonly bridge: BridgeRecord | undefined }
  | {
      readonly kind: 'network';
      readonly owner: string;
      readonly network: NetworkRecord | undefined;
    }
  | { readonly kind: 'counter'; readonly name: CounterName; readonly value: number };

/** All that an agent knows. */
export interface StoreContents {
  readonly pools: readonly PoolRecord[];
  readonly claims: readonly ClaimRecord[];
  readonly bridges: readonly BridgeRecord[];
  readonly networks: readonly NetworkRecord[];
  readonly counters: Readonly<Record<CounterName, number>>;
  /** Made once with the store; tells a restored or replaced store from the old one. */
  readonly storeId: string;
  /** The last restoration; absent for a store that never had one. */
  readonly restored?: Restoration | undefined;
}

/** The same for a start: the claims, ordered by serial, can be gone through once, and are read meanwhile. */
export interface StreamedContents extends Omit<StoreContents, 'claims'> {
  readonly claims: Iterable<ClaimRecord>;
}

/** Where an agent keeps what it must not forget. */
export interface Store {
  /** Where it is, for messages: the file's path. @default - nowhere in particular */
  readonly place?: string | undefined;
  load(): StoreContents;
  /** Like {@link load}, without ever holding all claims in memory. */
  stream(): StreamedContents;
  /**
   * Resolves when the changes, and all that were written before them, are durable. An empty list
   * therefore waits for what is under way. Once a write has failed all later ones do: memory is
   * then ahead of the disk.
   *
   * @throws NetloomError NL_STORE_FAILED
   */
  write(changes: readonly StoreChange[]): Promise<void>;
  /** Writes what is still waiting and lets go of the store. */
  close(): Promise<void>;
}

/** The book in front of a shared store: what others write goes into it. */
export interface SharedBook {
  /** @returns true for a pool that the book did not know: its claims have to be told, too */
  learnPool(name: string, record: PoolRecord | undefined): boolean;
  learn(rows: readonly LearnedClaim[]): void;
  /** Serials and incarnations that come next. */
  continueFrom(number: number): void;
  startAt(pool: string, part: number): void;
}

/**
 * A store that several agents share. A write may come to nothing because another agent was quicker: it
 * fails with an OutrunError then, the book has been told what stands, and the step is run anew. A failed
 * write says nothing of the others.
 */
export interface SharedStore extends Store {
  /** The store's time, in ms since 1970: all agents go by the same. */
  now(): number;
  /** From here on, the book is told of everything that {@link load} did not have. */
  follow(book: SharedBook): void;
  /** Resolves when the book has numbers to give, all above the highest that was given before. */
  ready(highest: number): Promise<void>;
  /** Resolves when the book knows all that was written, by anybody, before the call. */
  catchUp(): Promise<void>;
}

/** Whether others write to a store, too. */
export function isShared(store: Store): store is SharedStore {
  return 'catchUp' in store;
}

/** Told once, when a store can't write any more. The agent then has to stop. */
export type StoreFailureListener = (error: Error) => void;
