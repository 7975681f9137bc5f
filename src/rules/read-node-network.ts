import { isMembers, type ObjectSpec, stepsOf, type VlanTrunk } from '../cni';
import { parse, wireSteps } from '../cni/codec';
import {
  flag,
  integer,
  MTU_LIMITS,
  mapOf,
  objectSpec,
  objects,
  TEXT,
  text,
  texts,
  word,
} from '../cni/spec';
import type { Problem } from '../errors';
import {
  BOND_HASH_POLICIES,
  BOND_MODES,
  type BondLink,
  type BridgeLink,
  type BridgePort,
  type HostBridgeDefinition,
  type HostInterface,
  type HostLinkSettings,
  type HostRoute,
  MACVLAN_LINK_MODES,
  type MacvlanLink,
  type MadeLink,
  NETLOOM_API_VERSION,
  type NodeNetworkObject,
  type VethLink,
  type VlanLink,
} from '../kubernetes';
import { checkKeys } from './keys';
import { checkNodeNetwork } from './node-network';
import { type Placed, placedAt } from './placed';
import { groupOf, type Manifest, type Part, type ReadObject } from './read-object';

const [NETLOOM_GROUP] = NETLOOM_API_VERSION.split('/');

const UINT32 = 4_294_967_295;

/** Keys count as they are written: the agent reads no other case. */
function exactSpec<T>(name: string, keys: Parameters<typeof objectSpec<T>>[1]): ObjectSpec {
  return { isExact: true, ...objectSpec<T>(name, keys) };
}

const ROUTE = exactSpec<HostRoute>('a route', {
  dst: text({ required: true }),
  gw: text(),
  src: text(),
  metric: integer(0, UINT32, 'a metric'),
  table: integer(1, UINT32, 'a routing table'),
  onlink: flag(),
});

const TRUNK = exactSpec<VlanTrunk>('a span of VLANs', {
  id: integer(1, 4094, 'a VLAN'),
  minID: integer(1, 4094, 'a VLAN'),
  maxID: integer(1, 4094, 'a VLAN'),
});

const SETTINGS: Parameters<typeof objectSpec<HostLinkSettings>>[1] = {
  mtu: integer(MTU_LIMITS.least, MTU_LIMITS.most, 'an MTU in bytes'),
  mac: text(),
  addresses: texts(),
  addressesFrom: texts(),
  routes: objects(ROUTE),
  sysctls: mapOf(TEXT),
};
const MADE = { name: text({ required: true }), ...SETTINGS };
const MEMBERSHIP = { pvid: integer(1, 4094, 'a VLAN'), vlanTrunk: objects(TRUNK) };

const PORT = exactSpec<BridgePort>('a port of a bridge', {
  link: text({ required: true }),
  ...MEMBERSHIP,
  hairpin: flag(),
  isolated: flag(),
});

const NODE_NETWORK = exactSpec<NodeNetworkObject>('a NodeNetwork', {
  bonds: objects(
    exactSpec<BondLink>('a bond', {
      ...MADE,
      mode: word(BOND_MODES, { required: true }),
      ports: texts(),
      miimon: integer(0, 600_000, 'a number of milliseconds'),
      updelay: integer(0, 600_000, 'a number of milliseconds'),
      downdelay: integer(0, 600_000, 'a number of milliseconds'),
      lacpRate: word(['slow', 'fast']),
      xmitHashPolicy: word(BOND_HASH_POLICIES),
      minLinks: integer(0, 64, 'a number of ports'),
      failOverMac: word(['none', 'active', 'follow']),
      primary: text(),
    }),
  ),
  veths: objects(exactSpec<VethLink>('a veth pair', { ...MADE, peer: text({ required: true }) })),
  dummies: objects(exactSpec<MadeLink>('a dummy', MADE)),
  vlans: objects(
    exactSpec<VlanLink>('a VLAN', {
      ...MADE,
      link: text({ required: true }),
      id: integer(1, 4094, 'a VLAN', { required: true }),
      protocol: word(['802.1q', '802.1ad']),
    }),
  ),
  bridges: objects(
    exactSpec<BridgeLink>('a bridge', {
      ...MADE,
      ports: objects(PORT),
      stp: flag(),
      multicastSnooping: flag(),
      vlanFiltering: flag(),
      vlanDefaultPvid: integer(0, 4094, 'a VLAN, or 0 for none'),
      ...MEMBERSHIP,
      adopt: flag(),
      uplink: flag(),
    }),
  ),
  macvlans: objects(
    exactSpec<MacvlanLink>('a macvlan link', {
      ...MADE,
      master: text({ required: true }),
      mode: word(MACVLAN_LINK_MODES),
    }),
  ),
  interfaces: objects(
    exactSpec<HostInterface>('an interface', {
      link: text({ required: true }),
      ...SETTINGS,
      up: flag(),
      uplink: flag(),
    }),
  ),
  nodeSelector: mapOf(TEXT),
});

/** Reads a NodeNetwork of netloom, with its bridges; undefined for an object of another kind. */
export function readNodeNetwork(object: Manifest): ReadObject | undefined {
  if (object.kind !== 'NodeNetwork' || groupOf(object) !== NETLOOM_GROUP) return undefined;
  const { spec } = object;
  const definition = parse<NodeNetworkObject>(NODE_NETWORK, isMembers(spec) ? spec : {});
  const network: Part = {
    list: 'nodeNetworks',
    definition,
    check: () => checkRead(definition),
    place: (problem) => placeInSpec(problem),
  };
  return { parts: [network, ...bridgeParts(definition)], problems: [] };
}

/** What the rules tell of a network in which keys are missing would be nonsense. */
function checkRead(definition: NodeNetworkObject): Problem[] {
  const form = checkKeys(NODE_NETWORK, definition, { verbatim: true, refusal: REFUSAL });
  if (form.some(({ code }) => code === 'NL_KEY_MISSING')) return form;
  const told = new Set(form.map(({ code, key }) => `${code} ${key}`));
  const more = checkNodeNetwork(definition).filter(({ code, key }) => !told.has(`${code} ${key}`));
  return [...form, ...more];
}

const REFUSAL = 'netloom-agent refuses the whole network';

function placeInSpec(problem: Problem): Placed {
  const steps = stepsOf(problem.key);
  const path = ['spec', ...wireSteps(NODE_NETWORK, steps)];
  const isKey = steps.includes('extra') && problem.code !== 'NL_TYPE_WRONG';
  return placedAt(isKey ? { path, isKey } : { path }, problem);
}

/** The bridges, as rules about bridges and the networks on them know them. */
function bridgeParts({ bridges = [], nodeSelector }: NodeNetworkObject): Part[] {
  return bridges.flatMap(({ name, addresses, ports = [] }, index): Part[] => {
    if (typeof name !== 'string') return [];
    const definition: HostBridgeDefinition = {
      bridge: name,
      addresses,
      ports: ports.map(({ link }) => link ?? ''),
      nodeSelector,
    };
    const place = (problem: Problem): Placed => {
      const [first, ...rest] = stepsOf(problem.key);
      const inside = first === 'bridge' ? ['name'] : [first ?? '', ...rest];
      return placedAt({ path: ['spec', 'bridges', index, ...inside] }, problem);
    };
    return [{ list: 'bridges', definition, check: () => [], place }];
  });
}
