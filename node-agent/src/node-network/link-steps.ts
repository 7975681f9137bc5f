import { goingLinks } from './going-links';
import { type HostLink, type HostNetwork, linkNamed, UNFINISHED_GROUP } from './host-network';
import type { HostStep } from './host-step';
import { deleteStep, freshLinks, makeStep, markStep } from './making';
import type { NetworkPlan } from './network-plan';
import { placeOf, type SettingKey, settingKey } from './setting';

/** What happens to links themselves, and the host as it then is. */
export function linkSteps(
  plan: NetworkPlan,
  host: HostNetwork,
): { deletes: HostStep[]; makes: HostStep[]; after: HostNetwork } {
  const { wanted, alias } = plan;
  const goes = goingLinks(plan, host);
  const deletes = [...goes].map(([name, why]) => deleteStep(linkNamed(host, name), host, why));
  const left = without(host, [...goes.keys()]);
  let links = left.links;
  let grown: Map<string, HostLink> | undefined;
  const makes: HostStep[] = [];
  for (const link of wanted.links) {
    const present = links.get(link.name);
    if (!present) {
      makes.push(makeStep(link, alias, goes.get(link.name) !== undefined));
      grown ??= new Map(links);
      for (const fresh of freshLinks(link, alias, grown)) grown.set(fresh.name, fresh);
      links = grown;
      continue;
    }
    const ends = [present, link.peer === undefined ? undefined : links.get(link.peer)];
    for (const end of ends) {
      // The mark of an adopted one is a setting, which goes back.
      if (link.isAdopted && end?.group !== UNFINISHED_GROUP) continue;
      if (end && (end.alias !== alias || end.group !== 0)) makes.push(markStep(end, alias));
    }
  }
  const after = withNewPorts(grown === undefined ? left : { ...left, links }, plan);
  return { deletes, makes, after };
}

/** The kernel gives each new port, and a new bridge itself, the VLAN of the bridge. */
function withNewPorts(host: HostNetwork, { wanted, footprint }: NetworkPlan): HostNetwork {
  const { settings, links } = wanted;
  const isVlans = (key: SettingKey): boolean => key.startsWith('vlans ');
  const counts = Object.keys(footprint.before).some(isVlans) || [...settings.keys()].some(isVlans);
  if (!counts) return host;
  const vlans = new Map(host.vlans);
  const usual = (bridge: string): string => {
    const key = settingKey('option', bridge, 'bridge', 'vlan_default_pvid');
    const id = settings.get(key) ?? host.links.get(bridge)?.options['vlan_default_pvid'] ?? '1';
    return id === '0' ? '' : `${id} pvid untagged`;
  };
  for (const { name, kind } of links) {
    if (kind === 'bridge' && !host.vlans.has(name)) vlans.set(name, usual(name));
  }
  for (const [key, master] of settings) {
    if (!master || !key.startsWith('master ')) continue;
    const { link } = placeOf(key);
    if (host.links.get(link)?.master !== master) vlans.set(link, usual(master));
  }
  return { ...host, vlans };
}

/** The host after links went, with what the kernel takes along. */
function without(host: HostNetwork, names: readonly string[]): HostNetwork {
  if (names.length === 0) return host;
  const gone = new Set(names);
  for (const name of names) {
    const link = host.links.get(name);
    if (link?.kind === 'veth' && link.lower !== undefined) gone.add(link.lower);
  }
  const left = [...host.links.values()].filter(({ name }) => !gone.has(name));
  const freed = left.map((link) =>
    link.master !== undefined && gone.has(link.master) ? { ...link, master: undefined } : link,
  );
  return {
    ...host,
    links: new Map(freed.map((link) => [link.name, link])),
    routes: new Map([...host.routes].filter(([, route]) => !gone.has(route.link))),
    vlans: new Map([...host.vlans].filter(([name]) => !gone.has(name))),
  };
}
