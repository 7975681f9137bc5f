import type { BridgeSpec } from 'netloom/agent-api';
import type { Checkpoints, OpenChange } from '../checkpoint';
import type { BridgeRecord, Store } from '../store';
import type { LinkDriver } from './links';
import type { HostPolicy } from './policy';
import type { PlanStep } from './step';

/** Somebody wants a bridge. */
export interface BridgeRequest {
  readonly name: string;
  readonly owner: string;
  readonly identity: string;
  readonly spec: BridgeSpec;
  /** `<name>#<incarnation>`, of the incarnation to change. @default - a new one begins */
  readonly id?: string | undefined;
  /** The owner that hands the bridge over, of the same identity. @default - none */
  readonly from?: string | undefined;
  /** Address that the request was sent to: its interface must not become a port. */
  readonly requestAddress?: string | undefined;
  /** The caller will confirm within that time, in s. @default - probes decide at once */
  readonly confirmSeconds?: number | undefined;
}

/** Somebody wants it away. */
export interface BridgeRemoval {
  readonly name: string;
  readonly owner: string;
  readonly identity: string;
  /** `<name>#<incarnation>`. */
  readonly id: string;
  readonly requestAddress?: string | undefined;
  readonly confirmSeconds?: number | undefined;
}

/** What came of a removal. */
export interface BridgeRemoved {
  /** False when it was gone already or a newer incarnation has taken its place. */
  readonly removed: boolean;
  /** What was done, or would be. */
  readonly steps: readonly PlanStep[];
  readonly awaits?: OpenChange | undefined;
}

/** What the service is made of. */
export interface BridgeParts {
  /** The node's name; part of the bridges' MAC addresses. */
  readonly node: string;
  readonly store: Store;
  readonly links: LinkDriver;
  /** All that the store holds of bridges. */
  readonly records: readonly BridgeRecord[];
  readonly counter: number;
  /** Why no change may be made without a watchdog. @default - only what is dangerous needs one */
  readonly watchdogRule?: string | undefined;
  /** What takes changes back that are not confirmed. @default - none: changes are final at once */
  readonly checkpoints?: Checkpoints | undefined;
  /** What may be done here at all. @default - everything but adoption */
  readonly policy?: HostPolicy | undefined;
  /** Which boot of the machine this is. @default - the kernel's word */
  readonly bootId?: string | undefined;
  /** Milliseconds of a clock that never jumps. @default - the process's */
  readonly now?: (() => number) | undefined;
}
