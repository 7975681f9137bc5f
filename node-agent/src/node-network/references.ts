import type { Problem } from 'netloom';
import type { NodeNetworkSpec } from 'netloom/agent-api';
import { type HostLink, type HostNetwork, uplinks } from './host-network';

/** What references stand for, by reference: `{ 'pci:0000:3b:00.0': 'eth1' }`. */
export type Resolved = Readonly<Record<string, string>>;

/** Every place of a spec where a link is named that may have to be there already, with its key. */
export function referencesIn(spec: NodeNetworkSpec): { key: string; reference: string }[] {
  const at = (key: string, reference: string) => ({ key, reference });
  return [
    ...(spec.bonds ?? []).flatMap(({ ports }, bond) =>
      (ports ?? []).map((port, index) => at(`bonds[${bond}].ports[${index}]`, port)),
    ),
    ...(spec.vlans ?? []).map(({ link }, index) => at(`vlans[${index}].link`, link)),
    ...(spec.bridges ?? []).flatMap(({ ports }, bridge) =>
      (ports ?? []).map(({ link }, index) => at(`bridges[${bridge}].ports[${index}].link`, link)),
    ),
    ...(spec.macvlans ?? []).map(({ master }, index) => at(`macvlans[${index}].master`, master)),
    ...(spec.interfaces ?? []).map(({ link }, index) => at(`interfaces[${index}].link`, link)),
  ];
}

/** Names of the links that a spec makes, both ends of a veth pair among them. */
export function madeNames(spec: NodeNetworkSpec): string[] {
  const lists = [spec.bonds, spec.dummies, spec.vlans, spec.bridges, spec.macvlans];
  return [
    ...lists.flatMap((list) => (list ?? []).map((link) => link.name)),
    ...(spec.veths ?? []).flatMap(({ name, peer }) => [name, peer]),
  ];
}

/**
 * The links that a spec's references stand for. What one stood for before it goes on standing for while
 * that link is there: the default route may by now lead out of the very bridge that took the link in.
 */
export function resolveReferences(
  spec: NodeNetworkSpec,
  host: HostNetwork,
  before: Resolved,
): { resolved: Resolved; problems: Problem[] } {
  const made = new Set(madeNames(spec));
  const resolved: Record<string, string> = {};
  const problems: Problem[] = [];
  for (const { key, reference } of referencesIn(spec)) {
    if (!reference.includes(':')) {
      if (!made.has(reference) && !host.links.has(reference)) {
        problems.push(missing(key, `there is no interface "${reference}"`, host));
      }
      continue;
    }
    const last = before[reference];
    const found = last !== undefined && host.links.has(last) ? last : find(reference, host, made);
    if (found === undefined) problems.push(missing(key, noneFor(reference), host));
    else resolved[reference] = found;
  }
  return { resolved, problems };
}

/** The name that a reference stands for. */
export function nameOf(reference: string, resolved: Resolved): string {
  return reference.includes(':') ? (resolved[reference] ?? reference) : reference;
}

function find(reference: string, host: HostNetwork, made: Set<string>): string | undefined {
  if (reference === 'route:default') return uplinks(host).find((name) => !made.has(name));
  const colon = reference.indexOf(':');
  const [kind, value] = [reference.slice(0, colon), reference.slice(colon + 1).toLowerCase()];
  const fits = (link: HostLink): boolean =>
    kind === 'pci' ? link.pci === value : (link.permanentMac ?? link.mac) === value;
  const all = [...host.links.values()].filter((link) => !made.has(link.name) && fits(link));
  // VLANs and bridges share the MAC address of the interface below them.
  return (all.find((link) => link.kind === undefined) ?? all[0])?.name;
}

function noneFor(reference: string): string {
  if (reference === 'route:default') return 'no link carries a default route';
  return `no interface is "${reference}"`;
}

function missing(key: string, found: string, host: HostNetwork): Problem {
  const physical = [...host.links.values()].filter(({ name }) => name !== 'lo');
  return {
    code: 'NL_BRIDGE_PORT',
    key,
    found: `${found} on this host`,
    allowed: 'a link that is there, or that is made along with it',
    fix:
      physical.length === 0
        ? 'add an interface for it'
        : `one of ${physical
            .slice(0, 5)
            .map((link) => link.name)
            .join(', ')}?`,
  };
}
