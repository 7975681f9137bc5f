import type { Problem } from 'netloom';
import type { NodeNetworkSpec } from 'netloom/agent-api';
import {
  aliasLost,
  canComeBack,
  type HostPolicy,
  noAdoption,
  noUplink,
  policyAllows,
} from '../bridges';
import type { BridgeRecord, NetworkRecord } from '../store';
import { goingLinks } from './going-links';
import { type HostLink, type HostNetwork, isLinkLocal } from './host-network';
import { checkLifelines, type LifelineGuard } from './lifelines';
import type { NetworkPlan } from './network-plan';
import { isOurs } from './ownership';
import { madeNames, nameOf, type Resolved, referencesIn } from './references';
import { placeOf } from './setting';
import { isAdopted } from './takeover';

/** Where links are named in a spec, with what they stand for. */
interface NamedLink {
  readonly key: string;
  readonly name: string;
}

/** Every link that a spec makes or changes; what a VLAN or macvlan link only stands on is none of them. */
export function changedLinks(spec: NodeNetworkSpec, resolved: Resolved): readonly NamedLink[] {
  const before = known.get(spec);
  if (before?.resolved === resolved) return before.links;
  const links = findChanged(spec, resolved);
  known.set(spec, { resolved, links });
  return links;
}

/** Each check asks, and so does each look; a spec is never changed. */
const known = new WeakMap<
  NodeNetworkSpec,
  { readonly resolved: Resolved; readonly links: readonly NamedLink[] }
>();

function findChanged(spec: NodeNetworkSpec, resolved: Resolved): NamedLink[] {
  const lists = ['bonds', 'veths', 'dummies', 'vlans', 'bridges', 'macvlans'] as const;
  const made = lists.flatMap((list) =>
    (spec[list] ?? []).flatMap((link, index): NamedLink[] => {
      const key = `${list}[${index}]`;
      const own = { key: `${key}.name`, name: link.name };
      const { peer } = link as { peer?: string };
      return peer === undefined ? [own] : [own, { key: `${key}.peer`, name: peer }];
    }),
  );
  const named = referencesIn(spec)
    .filter(({ key }) => !/^(vlans|macvlans)\[/.test(key))
    .map(({ key, reference }) => ({ key, name: nameOf(reference, resolved) }));
  const names = new Set(made.map((link) => link.name));
  return [...made, ...named.filter((link) => !names.has(link.name))];
}

/** Links that somebody else has declared on this node already. The first one is named. */
export function checkOwners(
  owner: string,
  mine: readonly NamedLink[],
  networks: Iterable<NetworkRecord>,
  bridges: Iterable<BridgeRecord>,
): Problem[] {
  const owners = new Map<string, { owner: string; identity: string }>();
  for (const bridge of bridges) {
    for (const name of [bridge.name, ...bridge.managed.ports]) owners.set(name, bridge);
  }
  for (const network of networks) {
    if (network.owner === owner) continue;
    const links = changedLinks(network.spec, network.resolved).map(({ name }) => name);
    for (const name of [...links, ...network.made]) owners.set(name, network);
  }
  return mine.flatMap(({ key, name }): Problem[] => {
    const first = owners.get(name);
    if (!first) return [];
    return [
      {
        code: 'NL_LINK_OWNED',
        key: `spec.${key}`,
        found: `"${name}" belongs to ${first.owner} (identity "${first.identity}") already`,
        allowed: 'links that nobody else has declared',
        fix: 'leave it out, or change it where it is declared',
      },
    ];
  });
}

/** Two references that stand for one link. */
export function checkResolvedOnce(spec: NodeNetworkSpec, resolved: Resolved): Problem[] {
  const first = new Map<string, { key: string; reference: string }>();
  return referencesIn(spec).flatMap(({ key, reference }): Problem[] => {
    // A link may be a port and have settings of its own, and many may stand on it.
    if (/^(vlans|macvlans|interfaces)\[/.test(key)) return [];
    const name = nameOf(reference, resolved);
    const before = first.get(name);
    if (!before) {
      first.set(name, { key, reference });
      return [];
    }
    return [
      {
        code: 'NL_BRIDGE_PORT',
        key: `spec.${key}`,
        found: `"${reference}" is ${name}, and so is "${before.reference}" at ${before.key}`,
        allowed: 'each link as a port of one',
        fix: 'leave one of them out',
      },
    ];
  });
}

/** What the node's own policy has against a network. */
export function checkNetworkPolicy(
  policy: HostPolicy,
  spec: NodeNetworkSpec,
  resolved: Resolved,
): Problem[] {
  const made = new Set(madeNames(spec));
  const names = changedLinks(spec, resolved).flatMap(({ key, name }): Problem[] => {
    const list = made.has(name) ? (key.startsWith('bridges[') ? 'bridges' : undefined) : 'ports';
    if (list === undefined || policyAllows(policy[list], name)) return [];
    return [
      {
        code: 'NL_HOST_POLICY',
        key: `spec.${key}`,
        found: `the policy of this node allows ${list === 'bridges' ? `no bridge "${name}"` : `no change of "${name}"`}`,
        allowed: policy[list].length === 0 ? 'none' : `names that match ${policy[list].join(', ')}`,
        fix: `choose another, or have the node's administrator widen host.policy.${list} in agent.yaml`,
      },
    ];
  });
  return [...names, ...checkTakeoverPolicy(policy, spec)];
}

/** What it has against taking over what others made, and the interface of the node's own traffic. */
function checkTakeoverPolicy(policy: HostPolicy, spec: NodeNetworkSpec): Problem[] {
  const places = [
    ...(spec.bridges ?? []).map((one, index) => ({ at: `spec.bridges[${index}]`, one })),
    ...(spec.interfaces ?? []).map((one, index) => ({ at: `spec.interfaces[${index}]`, one })),
  ];
  return places.flatMap(({ at, one }): Problem[] => [
    ...('adopt' in one && one.adopt && policy.adopt === 'no' ? [noAdoption(`${at}.adopt`)] : []),
    ...(one.uplink && policy.uplink !== 'confirm' ? [noUplink(`${at}.uplink`)] : []),
  ]);
}

/** What must not be touched on this host, for one network. */
export interface NetworkGuard extends LifelineGuard {
  readonly spec: NodeNetworkSpec;
  readonly resolved: Resolved;
  /** Links made in an earlier boot, which somebody faster may have made since. */
  readonly wasMade: ReadonlySet<string>;
}

/** Why the host does not allow a network; empty when it does. */
export function checkNetworkHost(
  plan: NetworkPlan,
  guard: NetworkGuard,
  host: HostNetwork,
): Problem[] {
  return [
    ...checkForeign(plan, guard, host),
    ...checkInUse(plan, host),
    ...checkMasters(plan, guard, host),
    ...checkLifelines(plan, guard, host, (name, found) => refused(guard, name, found, LIFELINE)),
  ];
}

function keyFor(guard: NetworkGuard, name: string): string {
  const found = changedLinks(guard.spec, guard.resolved).find((link) => link.name === name);
  return found === undefined ? 'spec' : `spec.${found.key}`;
}

function checkForeign(plan: NetworkPlan, guard: NetworkGuard, host: HostNetwork): Problem[] {
  const names = plan.wanted.links.flatMap(({ name, peer }) => (peer ? [name, peer] : [name]));
  return names.flatMap((name): Problem[] => {
    const link = host.links.get(name);
    if (!link || isOurs(link, plan)) return [];
    if (link.kind === 'bridge' && isAdopted(name, plan.footprint)) {
      const key = keyFor(guard, name);
      return canComeBack(link.alias) ? [] : [{ ...aliasLost(name, link.alias), key }];
    }
    if (tookOurPlace(plan, guard, link, host)) return [];
    const isBridge = link.kind === 'bridge' && isWantedBridge(plan, name);
    const mark = link.alias === undefined ? '' : `, with alias "${link.alias}"`;
    return [
      {
        code: 'NL_BRIDGE_FOREIGN',
        key: keyFor(guard, name),
        found: `there is a ${link.kind ?? 'physical interface'} "${name}" on this host that netloom did not make for this owner${mark}`,
        allowed: 'a name that is free',
        fix: isBridge
          ? 'take it over as it is with adopt: true, where the node allows it; or choose another name'
          : `choose another name, or remove the interface (ip link del dev ${name}) when nobody needs it`,
      },
    ];
  });
}

function isWantedBridge({ wanted }: NetworkPlan, name: string): boolean {
  return wanted.links.some((one) => one.name === name && one.kind === 'bridge');
}

/** After a reboot the CNI bridge plugin may be faster; a bridge with nothing but pods on it is taken back. */
function tookOurPlace(
  plan: NetworkPlan,
  { wasMade }: NetworkGuard,
  link: HostLink,
  host: HostNetwork,
): boolean {
  const { name, kind, alias, addresses } = link;
  if (!isWantedBridge(plan, name) || kind !== 'bridge' || alias !== undefined || !wasMade.has(name))
    return false;
  const mine = plan.wanted.addresses.get(name) ?? [];
  const ports = [...host.links.values()].filter((one) => one.master === name);
  return (
    addresses.every((one) => mine.includes(one) || isLinkLocal(one)) &&
    ports.every((port) => port.kind === 'veth')
  );
}

/** The kernel deletes what stands on a link along with it. */
function checkInUse(plan: NetworkPlan, host: HostNetwork): Problem[] {
  const goes = goingLinks(plan, host);
  return [...host.links.values()].flatMap((link): Problem[] => {
    const { name, lower = '', kind } = link;
    if (kind === 'veth' || !goes.has(lower) || goes.has(name) || isOurs(link, plan)) return [];
    const below = host.links.get(lower);
    const why = goes.get(lower);
    return [
      {
        code: 'NL_LINK_IN_USE',
        key: 'spec',
        found: `${below?.kind} "${lower}" would have to ${why === undefined ? 'go' : `be made anew (${why})`}, and "${name}", which netloom did not make, stands on it`,
        allowed: 'a change that lets the link be, or a link that nothing stands on',
        fix: `remove "${name}" first, or declare it in the node's network`,
      },
    ];
  });
}

function checkMasters(plan: NetworkPlan, guard: NetworkGuard, host: HostNetwork): Problem[] {
  const masters = [...plan.wanted.settings].filter(([key]) => key.startsWith('master '));
  return masters.flatMap(([key, master]): Problem[] => {
    const { link: name } = placeOf(key);
    const link = host.links.get(name);
    if (!link || link.master === undefined || link.master === master) return [];
    const present = host.links.get(link.master);
    if (present && (isOurs(present, plan) || mayLeave(present, master, guard))) return [];
    return [refused(guard, name, `"${name}" is a part of "${link.master}" already`)];
  });
}

/** Whether a port may be taken from a bridge of somebody else: asked for by the bridge that it joins. */
function mayLeave(home: HostLink, master: string | null, { spec }: NetworkGuard): boolean {
  const taker = spec.bridges?.find(({ name }) => name === master);
  return taker?.adopt === true && home.alias?.startsWith('netloom:') !== true;
}

const UNUSED = 'a link that nothing else uses';
const LIFELINE = `${UNUSED}; this one with uplink: true at its bridge or interface, where host.policy.uplink of the node is confirm`;

function refused(guard: NetworkGuard, name: string, found: string, allowed = UNUSED): Problem {
  return {
    code: 'NL_BRIDGE_PORT',
    key: keyFor(guard, name),
    found,
    allowed,
    fix: 'choose another link, or leave it as it is',
  };
}
