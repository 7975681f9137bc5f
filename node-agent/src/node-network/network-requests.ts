import type { NodeNetworkSpec } from 'netloom/agent-api';
import type { HostPolicy, Turns } from '../bridges';
import type { Checkpoints, OpenChange } from '../checkpoint';
import type { BridgeRecord, NetworkRecord, Store } from '../store';
import type { HostStep } from './host-step';
import type { AddressSource } from './network-claims';
import type { NetworkDriver } from './network-driver';

/** Somebody wants a network of the node. */
export interface NetworkRequest {
  readonly owner: string;
  readonly identity: string;
  readonly spec: NodeNetworkSpec;
  /** `<node>#<incarnation>`, of the incarnation to change. @default - a new one begins */
  readonly id?: string | undefined;
  /** The owner that hands it over, of the same identity. @default - none */
  readonly from?: string | undefined;
  /** Address that the request was sent to: its link must not be cut off. */
  readonly requestAddress?: string | undefined;
  /** The caller confirms the change within that time. @default - probes decide at once */
  readonly confirmSeconds?: number | undefined;
}

/** Somebody wants it away. */
export interface NetworkRemoval {
  readonly owner: string;
  readonly identity: string;
  /** `<node>#<incarnation>`. */
  readonly id: string;
  /** Address that the request was sent to: its link must not be cut off. */
  readonly requestAddress?: string | undefined;
  /** The caller confirms the removal within that time. @default - probes decide at once */
  readonly confirmSeconds?: number | undefined;
}

/** What came of a removal. */
export interface NetworkRemoved {
  /** False when it was gone already or a newer incarnation has taken its place. */
  readonly removed: boolean;
  /** What was done, or would be. */
  readonly steps: readonly HostStep[];
  /** There when it has to be confirmed. */
  readonly awaits?: OpenChange | undefined;
}

/** What the service is made of. */
export interface NetworkParts {
  /** The node's name; part of the MAC addresses of its links. */
  readonly node: string;
  readonly store: Pick<Store, 'write'>;
  readonly kernel: NetworkDriver;
  /** All that the store holds of networks. */
  readonly records: readonly NetworkRecord[];
  readonly counter: number;
  /** Bridges that are declared by themselves: their links are not for a network. @default - none */
  readonly bridges?: (() => Iterable<BridgeRecord>) | undefined;
  /** @default - none: links then take no addresses from pools */
  readonly addresses?: AddressSource | undefined;
  /** What may be done here at all. @default - everything but adoption */
  readonly policy?: HostPolicy | undefined;
  /** What takes changes back that are not confirmed. @default - none: changes are final at once */
  readonly checkpoints?: Checkpoints | undefined;
  /** One change of the host at a time, by whomever. @default - turns of its own */
  readonly turns?: Turns | undefined;
  /** Why no change may be made without a watchdog. @default - it may */
  readonly watchdogRule?: string | undefined;
  /** Which boot of the machine this is. @default - the kernel's word */
  readonly bootId?: string | undefined;
  /** Milliseconds of a clock that never jumps. @default - the process's */
  readonly now?: (() => number) | undefined;
}
