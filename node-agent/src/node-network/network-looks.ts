import { type Problem, within } from 'netloom';
import type { HostPolicy } from '../bridges';
import type { BridgeRecord, NetworkRecord } from '../store';
import type { HostNetwork } from './host-network';
import type { HostStep } from './host-step';
import { lifeline, watchedPart } from './lifelines';
import {
  changedLinks,
  checkNetworkHost,
  checkNetworkPolicy,
  checkOwners,
  checkResolvedOnce,
} from './network-checks';
import { claimedAddresses } from './network-claims';
import type { NetworkDriver } from './network-driver';
import type { NetworkPlan } from './network-plan';
import { sysctlFiles } from './network-records';
import { marksOf } from './ownership';
import { planNetwork } from './plan-network';
import { resolveReferences } from './references';
import { comingPorts, takenOver, takingOver, withUplinks } from './takeover';
import { type WantedNetwork, wantedNetwork } from './wanted-network';

/** The host beside what one owner wants of it. */
export interface NetworkLook {
  readonly host: HostNetwork;
  readonly record: NetworkRecord;
  readonly plan: NetworkPlan;
  readonly problems: readonly Problem[];
  readonly steps: readonly HostStep[];
  /** Why it has to be watched over; undefined when it need not. */
  readonly watched: () => string | undefined;
}

/** What looks need. */
export interface LookParts {
  /** The node's name; part of the MAC addresses of its links. */
  readonly node: string;
  readonly kernel: NetworkDriver;
  readonly policy: HostPolicy;
  /** All that is recorded of networks now. */
  readonly records: () => readonly NetworkRecord[];
  /** Bridges that are declared by themselves. @default - none */
  readonly bridges?: (() => Iterable<BridgeRecord>) | undefined;
}

/** Looks at the host for one owner's network, and changes nothing. */
export class NetworkLooks {
  private readonly knownWanted = new WeakMap<NetworkRecord, WantedNetwork>();
  constructor(private readonly parts: LookParts) {}

  /** What the host has, what the record wants of it, and what is in the way. */
  async look(asked: NetworkRecord, requestAddress?: string, from?: string): Promise<NetworkLook> {
    const { node, kernel } = this.parts;
    let found: { record: NetworkRecord; wanted: WantedNetwork; problems: Problem[] } | undefined;
    const host = await kernel.observeNetwork({
      vlans: hasVlans(asked),
      sysctls: (now) => {
        const { resolved, problems } = resolveReferences(asked.spec, now, asked.resolved);
        const known = sameTexts(resolved, asked.resolved) ? asked : { ...asked, resolved };
        const record = takingOver(known, now);
        const wanted = this.wantedBy(node, record);
        found = { record, wanted, problems };
        return sysctlFiles([...wanted.settings.keys(), ...Object.keys(asked.before)]);
      },
    });
    if (!found) throw new Error('a look without links');
    const { problems } = found;
    const { record, details } = await this.withMovedUplinks(found.record, host, requestAddress);
    const { resolved } = record;
    const plan = this.planOf(record, this.wantedBy(node, record));
    const guard = {
      spec: record.spec,
      resolved,
      requestAddress,
      touches: new Set(record.touches),
      details,
      wasMade: new Set(record.pending === undefined ? record.made : []),
    };
    const others = this.parts.records().filter((one) => one.owner !== from);
    const all = [
      ...within('spec', problems),
      ...checkOwners(
        record.owner,
        changedLinks(record.spec, resolved),
        others,
        this.parts.bridges?.() ?? [],
      ),
      ...checkResolvedOnce(record.spec, resolved),
      ...checkNetworkPolicy(this.parts.policy, record.spec, resolved),
    ];
    const blocking = all.length > 0 ? all : checkNetworkHost(plan, guard, host);
    const steps = blocking.length > 0 ? [] : planNetwork(plan, host);
    const watched = (): string | undefined => watchedPart(plan, guard, host);
    return { host, record, plan, problems: blocking, steps, watched };
  }

  /** With what moves to bridges along with the links of the node's own traffic that they are to take. */
  private async withMovedUplinks(
    record: NetworkRecord,
    host: HostNetwork,
    requestAddress?: string,
  ) {
    const ports = comingPorts(record, host).filter(
      ({ port }) => lifeline(port, requestAddress, host) !== undefined,
    );
    const details = await (ports.length === 0
      ? undefined
      : this.parts.kernel.imageOf?.(ports.map(({ port }) => port)));
    return { record: details ? withUplinks(record, ports, host, details) : record, details };
  }

  /** Asked for at each look, and the same until the record changes. */
  private wantedBy(node: string, record: NetworkRecord): WantedNetwork {
    const known = this.knownWanted.get(record);
    if (known) return known;
    const { spec, resolved, claims } = record;
    const addresses = claimedAddresses(claims);
    const wanted = wantedNetwork(node, spec, resolved, addresses, takenOver(record));
    this.knownWanted.set(record, wanted);
    return wanted;
  }

  private planOf(record: NetworkRecord, wanted: WantedNetwork): NetworkPlan {
    const { made, before } = record;
    return { wanted, footprint: { made, before }, ...marksOf(record) };
  }
}

/** A look at the VLANs of ports costs one more command. */
function hasVlans({ spec, before }: NetworkRecord): boolean {
  const isSet = (one: { pvid?: number | undefined; vlanTrunk?: unknown }): boolean =>
    one.pvid !== undefined || one.vlanTrunk !== undefined;
  const bridges = spec.bridges ?? [];
  return (
    bridges.some((bridge) => isSet(bridge) || bridge.ports?.some(isSet)) ||
    Object.keys(before).some((key) => key.startsWith('vlans '))
  );
}

function sameTexts(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>) {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}
