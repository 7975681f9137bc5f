import {
  checkHostBridge,
  checkIfname,
  InterfaceAddress,
  NetloomError,
  type Problem,
  within,
} from 'netloom';
import type { BridgeSpec } from 'netloom/agent-api';
import type { HostImage } from '../checkpoint/host-image';
import { checkChangeId } from '../problems';
import type { HostLinks, LinkState } from './links';
import { type BridgeMarks, isMarked } from './marks';
import { addressText, uplinkUse } from './uplink';

/** IPv6 needs it (RFC 8200 5); below, the kernel takes IPv6 off the interface. */
const IPV6_LEAST_MTU = 1280;

/** Everything wrong with a bridge request by itself. */
export function checkBridge(name: string, spec: BridgeSpec): Problem[] {
  const problems = checkHostBridge({ ...spec, bridge: name });
  const about = problems.map((problem) =>
    problem.key === 'bridge'
      ? { ...problem, key: 'name' }
      : (within('spec', [problem])[0] ?? problem),
  );
  const indexNames = (spec.ports ?? []).flatMap((port, index) =>
    isIndexName(port) ? [indexName(`spec.ports[${index}]`, port)] : [],
  );
  return [...about, ...indexNames, ...checkMtu(spec)];
}

/** The id of a change: of this bridge, and one that was given. */
export function checkBridgeId(name: string, id: string | undefined, counter: number): Problem[] {
  return checkChangeId('bridge', name, id, counter);
}

/** The name of a bridge that is only asked for or removed. */
export function checkBridgeName(name: string): Problem[] {
  return checkIfname('name', name);
}

/** `ip` reads `if7` as "the interface with index 7" when there is none of that name. */
function isIndexName(name: string): boolean {
  return /^if\d+$/.test(name);
}

function indexName(key: string, name: string): Problem {
  return {
    code: 'NL_IFNAME_INVALID',
    key,
    found: `"${name}" means "interface number ${name.slice(2)}" to iproute2`,
    allowed: 'a name that is not "if" and a number',
    fix: `br-${name}?`,
  };
}

function checkMtu(spec: BridgeSpec): Problem[] {
  const hasIpv6 = spec.addresses?.some((address) => address.includes(':')) === true;
  if (spec.mtu === undefined || spec.mtu >= IPV6_LEAST_MTU || !hasIpv6) return [];
  return [
    {
      code: 'NL_VALUES_CONFLICT',
      key: 'spec.mtu',
      found: `${spec.mtu} is too small for the IPv6 addresses of the bridge`,
      allowed: `${IPV6_LEAST_MTU} or more with IPv6 (RFC 8200)`,
      fix: `${IPV6_LEAST_MTU}?`,
    },
  ];
}

/** What must not be touched on this host, for one bridge. */
export interface Guard {
  /** Address that the request was sent to; its interface must not become a port. */
  readonly requestAddress?: string | undefined;
  /** Ports that a step would touch: those that are not ports of the bridge yet. */
  readonly name: string;
  readonly spec: BridgeSpec;
  readonly marks: BridgeMarks;
  /** True once netloom has made this bridge on this host: see {@link tookOurPlace}. */
  readonly wasMade: boolean;
  /** True when what others made may be taken over: asked for, and allowed on this node. */
  readonly adopts: boolean;
  /** True when the interface of the node's own traffic may be touched: asked for, and allowed here. */
  readonly uplink?: boolean | undefined;
  /** Bridges of netloom: no port is taken from them. */
  readonly ours: { has(name: string): boolean };
}

/** Why the host does not allow a bridge; empty when it does. */
export function checkHost(guard: Guard, host: HostLinks): Problem[] {
  const link = host.links.get(guard.name);
  if (link && isForeign(guard, host)) {
    if (!guard.adopts || link.kind !== 'bridge') return [foreignLink(guard.name, link, host)];
    if (!canComeBack(link.alias)) return [aliasLost(guard.name, link.alias)];
  }
  return (guard.spec.ports ?? []).flatMap((port, index) => {
    const found = portProblem(guard, host, port);
    return found === undefined ? [] : [portRefused(`spec.ports[${index}]`, found, host, guard)];
  });
}

/** True for a link of the bridge's name that netloom did not make, and has not adopted yet. */
function isForeign(guard: Guard, host: HostLinks): boolean {
  const link = host.links.get(guard.name);
  return link !== undefined && !isMarked(link, guard.marks) && !tookOurPlace(guard, link, host);
}

/**
 * After a reboot pods may be faster than the agent, and the CNI bridge plugin then makes the bridge
 * anew, without its addresses. A bridge that netloom has made here before, that carries nobody's
 * mark, and that has nothing on it but pods and what is wanted, is taken back.
 */
function tookOurPlace(guard: Guard, link: LinkState, host: HostLinks): boolean {
  const { name, spec, wasMade } = guard;
  if (!wasMade || link.kind !== 'bridge' || link.alias !== undefined) return false;
  const wanted = (spec.addresses ?? []).map((text) => String(InterfaceAddress.parse(text)));
  return (
    link.addresses.every((text) => wanted.includes(text) || isLinkLocal(text)) &&
    portsOf(name, host).every((port) => port.kind === 'veth' || spec.ports?.includes(port.name))
  );
}

function portsOf(name: string, host: HostLinks): LinkState[] {
  return [...host.links.values()].filter((link) => link.master === name);
}

/** fe80::/64: the kernel gives it to every interface. */
function isLinkLocal(text: string): boolean {
  return text.toLowerCase().startsWith('fe80:');
}

function foreignLink(name: string, link: LinkState, host: HostLinks): Problem {
  const what = link.kind === 'bridge' ? 'a bridge' : 'another kind of interface';
  const mark = link.alias === undefined ? '' : `, with alias "${link.alias}"`;
  const pods = portsOf(name, host).filter((port) => port.kind === 'veth').length;
  const isPlugins = link.kind === 'bridge' && link.alias === undefined && pods > 0;
  return {
    code: 'NL_BRIDGE_FOREIGN',
    key: 'name',
    found: `there is ${what} "${name}" on this host that netloom did not make for this owner${mark}${isPlugins ? ' (the CNI bridge plugin makes one when pods come first)' : ''}`,
    allowed: 'a name that is free',
    fix:
      link.kind === 'bridge'
        ? `take it over as it is with adopt: true, where the node allows it${isPlugins ? '; or delete the pods on it, then the bridge, and make the bridge before the pods' : ''}; or choose another name`
        : `choose another name, or remove the interface (ip link del dev ${name}) when nobody needs it`,
  };
}

/** Whether an alias can be put back later: it may hold any bytes, and these go through a batch of `ip` in quotes. */
export function canComeBack(alias: string | undefined): boolean {
  return alias === undefined || /^[A-Za-z0-9 ._:/@+=,$~-]*$/.test(alias);
}

/** A bridge that can't be adopted, since its alias could not be put back. */
export function aliasLost(name: string, alias: string | undefined): Problem {
  return {
    code: 'NL_BRIDGE_FOREIGN',
    key: 'name',
    found: `bridge "${name}" has an alias that could not be put back later: ${JSON.stringify(alias)}`,
    allowed: 'an alias of letters, digits, blanks and . _ : / @ + = , $ ~ -',
    fix: `change it first: ip link set dev ${name} alias ...`,
  };
}

function portProblem(guard: Guard, host: HostLinks, port: string): string | undefined {
  const link = host.links.get(port);
  if (!link) return `there is no interface "${port}" on this host`;
  if (link.master === guard.name) return undefined;
  if (link.master !== undefined && !(guard.adopts && !guard.ours.has(link.master))) {
    return `"${port}" is a part of "${link.master}" already`;
  }
  if (link.kind === 'bridge') return `"${port}" is a bridge itself`;
  const use = uplinkUse(port, host, guard.requestAddress);
  if (use === undefined) return undefined;
  if (!guard.uplink) return `${use}, which would be cut off`;
  return leaseProblem(port, host.details);
}

/**
 * Why what an interface has can't move to a bridge; undefined when it can. A DHCP client goes on renewing
 * on the port, where no answer comes any more.
 */
export function leaseProblem(port: string, details: HostImage | undefined): string | undefined {
  const addresses = details?.links.find((one) => one.ifname === port)?.addr_info ?? [];
  const leased = addresses.find((one) => one.family === 'inet' && one.dynamic === true);
  if (leased) return `"${port}" has its address ${addressText(leased)} from DHCP, for a time only`;
  const routes = details?.routes ?? [];
  const isShared = routes.some((one) => one.nexthops?.some((hop) => hop.dev === port));
  return isShared ? `"${port}" shares a route with other interfaces (nexthop)` : undefined;
}

/**
 * What must not happen to a bridge that carries the node's own traffic, unless it is asked for and
 * allowed; empty when nothing.
 */
export function checkUplinkBridge(guard: Guard, host: HostLinks): Problem[] {
  const use = uplinkUse(guard.name, host, guard.requestAddress);
  if (use === undefined || guard.uplink) return [];
  return [
    {
      code: 'NL_BRIDGE_PORT',
      key: 'name',
      found: `${use}, which a change may cut off`,
      allowed: 'uplink: true, where host.policy.uplink of this node is confirm',
      fix: 'add it, or send the request over another interface',
    },
  ];
}

/** What a change touches that has to be watched over, in words; undefined when nothing of that kind. */
export function watchedPart(guard: Guard, host: HostLinks): string | undefined {
  const { name, spec, requestAddress } = guard;
  const coming = (spec.ports ?? []).filter((port) => host.links.get(port)?.master !== name);
  for (const one of [name, ...coming]) {
    const use = uplinkUse(one, host, requestAddress);
    if (use !== undefined) return use;
  }
  if (isForeign(guard, host)) return `"${name}" was made by somebody else`;
  const taken = coming.find((port) => host.links.get(port)?.master !== undefined);
  return taken && `"${taken}" is a part of "${host.links.get(taken)?.master}"`;
}

function portRefused(key: string, found: string, host: HostLinks, guard: Guard): Problem {
  const port = guard.spec.ports?.[Number(/\d+/.exec(key)?.[0])] ?? '';
  const isUplink = uplinkUse(port, host, guard.requestAddress) !== undefined;
  const free = [...host.links.keys()].filter(
    (name) => name !== 'lo' && name !== guard.name && portProblem(guard, host, name) === undefined,
  );
  return {
    code: 'NL_BRIDGE_PORT',
    key,
    found,
    allowed: isUplink
      ? 'an interface that nothing else uses; this one with uplink: true, where host.policy.uplink of the node is confirm'
      : 'an interface that is there and that nothing else uses',
    fix:
      free.length === 0
        ? 'add an interface for it, or leave it out'
        : `one of ${free.slice(0, 5).join(', ')}?`,
  };
}

/** @throws NetloomError when there is at least one */
export function throwIfAny(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new NetloomError(problems);
}
