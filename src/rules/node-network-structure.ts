import type { Problem } from '../errors';
import { InterfaceAddress } from '../ipam';
import { type HostLinkSettings, LINK_LISTS, type NodeNetworkDefinition } from '../kubernetes';
import { groupBy } from './group-by';

/** A place where a link is made or named. */
interface Place {
  readonly key: string;
  readonly name: string;
}

/** What the links of a network do to each other. */
export function checkLinkStructure(network: NodeNetworkDefinition): Problem[] {
  return [
    ...checkOnce(madePlaces(network)),
    ...checkPorts(network),
    ...checkVlansOnce(network),
    ...checkMtus(network),
    ...checkAddressesOnce(network),
    ...checkCycles(network),
  ];
}

/** Where links get their names, both ends of a veth pair among them. */
function madePlaces(network: NodeNetworkDefinition): Place[] {
  return LINK_LISTS.flatMap((list) =>
    (network[list] ?? []).flatMap((link, index): Place[] => {
      const key = `${list}[${index}]`;
      const { name, peer } = link as { name?: string; peer?: string };
      const end = (part: string, one: string | undefined): Place[] =>
        one === undefined ? [] : [{ key: `${key}.${part}`, name: one }];
      return [...end('name', name), ...end('peer', peer)];
    }),
  );
}

function checkOnce(places: readonly Place[]): Problem[] {
  const first = new Map<string, string>();
  return places.flatMap(({ key, name }): Problem[] => {
    const before = first.get(name);
    if (before === undefined) {
      first.set(name, key);
      return [];
    }
    return [
      {
        code: 'NL_NAME_TWICE',
        key,
        found: `"${name}" is the name of ${before} already`,
        allowed: 'each link of a node with a name of its own',
        fix: 'choose another name',
      },
    ];
  });
}

/** Each link a port of one thing, and then without addresses and macvlan links of its own. */
function checkPorts(network: NodeNetworkDefinition): Problem[] {
  const ports: (Place & { of: string })[] = [
    ...(network.bridges ?? []).flatMap((bridge, at) =>
      (bridge.ports ?? []).map(({ link }, index) => ({
        key: `bridges[${at}].ports[${index}].link`,
        name: link,
        of: bridge.name,
      })),
    ),
    ...(network.bonds ?? []).flatMap((bond, at) =>
      (bond.ports ?? []).map((link, index) => ({
        key: `bonds[${at}].ports[${index}]`,
        name: link,
        of: bond.name,
      })),
    ),
  ];
  const first = new Map<string, string>();
  const twice = ports.flatMap(({ key, name, of }): Problem[] => {
    const before = first.get(name);
    if (before === undefined && name !== of) {
      first.set(name, of);
      return [];
    }
    return [
      {
        code: 'NL_BRIDGE_PORT',
        key,
        found:
          name === of
            ? `"${name}" is the link itself`
            : `"${name}" is a port of "${before}" already`,
        allowed: 'other links, each as a port of one',
        fix: 'leave it out',
      },
    ];
  });
  const masters = (network.macvlans ?? []).flatMap(({ master }, index): Problem[] => {
    const of = first.get(master);
    if (of === undefined) return [];
    return [
      {
        code: 'NL_VALUES_CONFLICT',
        key: `macvlans[${index}].master`,
        found: `"${master}" is a port of "${of}", and the kernel makes no macvlan link on a port`,
        allowed: 'a link that is no port',
        fix: `${of}?`,
      },
    ];
  });
  return [...twice, ...masters, ...checkAddressesOnPorts(network, first)];
}

function checkAddressesOnPorts(
  network: NodeNetworkDefinition,
  ports: ReadonlyMap<string, string>,
): Problem[] {
  if (ports.size === 0) return [];
  return linksWithKeys(network).flatMap(({ key, name, link }): Problem[] => {
    const of = ports.get(name);
    if (of === undefined || (link.addresses ?? []).length + (link.addressesFrom ?? []).length === 0)
      return [];
    return [
      {
        code: 'NL_VALUES_CONFLICT',
        key: `${key}.${link.addresses === undefined ? 'addressesFrom' : 'addresses'}`,
        found: `"${name}" is a port of "${of}", and what comes in there never reaches its own addresses`,
        allowed: `addresses on "${of}"`,
        fix: `give them to "${of}"`,
      },
    ];
  });
}

function linksWithKeys(
  network: NodeNetworkDefinition,
): (Place & { readonly link: HostLinkSettings })[] {
  return LINK_LISTS.flatMap((list) =>
    (network[list] ?? []).map((link, index) => ({
      key: `${list}[${index}]`,
      name: 'name' in link ? link.name : link.link,
      link,
    })),
  );
}

function checkVlansOnce({ vlans = [] }: NodeNetworkDefinition): Problem[] {
  return vlans.flatMap(({ link, id, protocol = '802.1q' }, index): Problem[] => {
    const first = vlans.findIndex(
      (other) =>
        other.link === link && other.id === id && (other.protocol ?? '802.1q') === protocol,
    );
    if (first === index) return [];
    return [
      {
        code: 'NL_VALUES_CONFLICT',
        key: `vlans[${index}].id`,
        found: `VLAN ${id} of "${link}" is vlans[${first}] already`,
        allowed: 'each VLAN of a link once',
        fix: 'leave one of them out',
      },
    ];
  });
}

/** Nothing is larger than the link below it. */
function checkMtus(network: NodeNetworkDefinition): Problem[] {
  const upper = [
    ...(network.vlans ?? []).map((one, index) => ({
      key: `vlans[${index}].mtu`,
      lower: one.link,
      mtu: one.mtu,
    })),
    ...(network.macvlans ?? []).map((one, index) => ({
      key: `macvlans[${index}].mtu`,
      lower: one.master,
      mtu: one.mtu,
    })),
  ];
  if (upper.length === 0) return [];
  const mtus = new Map(linksWithKeys(network).map(({ name, link }) => [name, link.mtu]));
  return upper.flatMap(({ key, lower, mtu }): Problem[] => {
    const below = mtus.get(lower);
    if (mtu === undefined || below === undefined || mtu <= below) return [];
    return [
      {
        code: 'NL_VALUES_CONFLICT',
        key,
        found: `${mtu} is more than the ${below} of "${lower}" below it`,
        allowed: `up to ${below}`,
        fix: `${below}?`,
      },
    ];
  });
}

function checkAddressesOnce(network: NodeNetworkDefinition): Problem[] {
  const first = new Map<string, string>();
  return linksWithKeys(network).flatMap(({ key: at, link }) => {
    const mine = new Set<string>();
    return (link.addresses ?? []).flatMap((text, index): Problem[] => {
      const parsed = InterfaceAddress.tryParse(text);
      if (!parsed) return [];
      const key = `${at}.addresses[${index}]`;
      const name = String(parsed.address);
      const before = first.get(name);
      if (mine.has(name)) return [];
      mine.add(name);
      if (before === undefined) {
        first.set(name, key);
        return [];
      }
      return [
        {
          code: 'NL_ADDRESS_TWICE',
          key,
          found: `"${text}" stands at ${before} already`,
          allowed: 'each address on one link',
          fix: 'leave one of them out',
        },
      ];
    });
  });
}

/** A link that stands on itself, by way of others. */
function checkCycles(network: NodeNetworkDefinition): Problem[] {
  const below = groupBy(standings(network), ({ upper }) => upper);
  const done = new Set<string>();
  const problems: Problem[] = [];
  const walk = (name: string, path: readonly string[]): void => {
    for (const { key, lower } of below.get(name) ?? []) {
      const start = path.indexOf(lower);
      // Its own port is told of as one.
      if (start >= 0 && path.length - start > 1)
        problems.push(cycle(key, [...path.slice(start), lower]));
      if (start >= 0 || done.has(lower)) continue;
      walk(lower, [...path, lower]);
    }
    done.add(name);
  };
  for (const name of below.keys()) if (!done.has(name)) walk(name, [name]);
  return problems;
}

/** What stands on what, with the place that says so. */
function standings(network: NodeNetworkDefinition) {
  const { vlans = [], macvlans = [], bonds = [], bridges = [] } = network;
  const standing = (upper: string, key: string, lower: string) => ({ upper, key, lower });
  return [
    ...vlans.map(({ name, link }, at) => standing(name, `vlans[${at}].link`, link)),
    ...macvlans.map(({ name, master }, at) => standing(name, `macvlans[${at}].master`, master)),
    ...bonds.flatMap(({ name, ports = [] }, at) =>
      ports.map((port, index) => standing(name, `bonds[${at}].ports[${index}]`, port)),
    ),
    ...bridges.flatMap(({ name, ports = [] }, at) =>
      ports.map(({ link }, index) => standing(name, `bridges[${at}].ports[${index}].link`, link)),
    ),
  ];
}

function cycle(key: string, path: readonly string[]): Problem {
  return {
    code: 'NL_LINK_CYCLE',
    key,
    found: `a circle: ${path.join(' stands on ')}`,
    allowed: 'links of which none stands on itself',
    fix: 'take one of them out of the circle',
  };
}
