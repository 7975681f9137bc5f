import type { NodeNetworkSpec } from 'netloom/agent-api';
import { stableMac } from '../bridges';
import type { HostLink } from './host-network';
import { nameOf, type Resolved } from './references';

type Item<K extends keyof NodeNetworkSpec> = NonNullable<NodeNetworkSpec[K]>[number];

/** A link to be made. */
export interface WantedLink {
  readonly name: string;
  readonly kind: 'bridge' | 'vlan' | 'bond' | 'veth' | 'macvlan' | 'dummy';
  /** The other end of a veth pair. */
  readonly peer?: string | undefined;
  /** The link below, which has to be there first. */
  readonly lower?: string | undefined;
  /** For people, e.g. `VLAN 10 of eth1`. */
  readonly words: string;
  /** Behind `link add name NAME`, without the group. */
  readonly before: string;
  /** Behind the group: kind and options. */
  readonly behind: string;
  /** Options that can't be changed once it is there. */
  readonly shape: Readonly<Record<string, string>>;
  /** Options that the kernel gives it, or `behind` does, as they will be read back. */
  readonly options: Readonly<Record<string, string>>;
  /** True for one that somebody else made, and that is given back one day. */
  readonly isAdopted?: true;
  /** MAC address that it gets as it is made; undefined where that comes from the link below. */
  readonly mac?: string | undefined;
  readonly peerMac?: string | undefined;
}

/** The links of a spec, by list; not yet in the order of making. */
export function wantedLinks(node: string, spec: NodeNetworkSpec, resolved: Resolved): WantedLink[] {
  return [
    ...(spec.bonds ?? []).map(bond),
    ...(spec.veths ?? []).map((one) => veth(node, one)),
    ...(spec.dummies ?? []).map((one) => plain(node, 'dummy', one, {})),
    ...(spec.vlans ?? []).map((one) => vlan(one, resolved)),
    ...(spec.bridges ?? []).map((one) => plain(node, 'bridge', one, NEW_BRIDGE)),
    ...(spec.macvlans ?? []).map((one) => macvlan(node, one, resolved)),
  ];
}

/** What the kernel gives a new bridge. */
export const NEW_BRIDGE: Readonly<Record<string, string>> = {
  stp_state: '0',
  mcast_snooping: '1',
  vlan_filtering: '0',
  vlan_default_pvid: '1',
};

function plain(
  node: string,
  kind: 'bridge' | 'dummy',
  { name, mac }: Item<'dummies'>,
  options: Readonly<Record<string, string>>,
): WantedLink {
  const address = mac ?? stableMac(node, name);
  return {
    name,
    kind,
    words: kind,
    before: `address ${address}`,
    behind: `type ${kind}`,
    shape: {},
    options,
    mac: address,
  };
}

function vlan({ name, link, id, protocol = '802.1q', mac }: Item<'vlans'>, resolved: Resolved) {
  const lower = nameOf(link, resolved);
  const shape = { id: String(id), protocol: protocol === '802.1q' ? '802.1Q' : protocol };
  return {
    name,
    kind: 'vlan',
    lower,
    words: `VLAN ${id} of ${lower}`,
    before: [`link ${lower}`, ...(mac === undefined ? [] : [`address ${mac}`])].join(' '),
    behind: `type vlan protocol ${protocol} id ${id}`,
    shape,
    options: shape,
    mac,
  } as const;
}

function macvlan(
  node: string,
  { name, master, mode = 'bridge', mac }: Item<'macvlans'>,
  resolved: Resolved,
): WantedLink {
  const lower = nameOf(master, resolved);
  const address = mac ?? stableMac(node, name);
  return {
    name,
    kind: 'macvlan',
    lower,
    words: `macvlan link on ${lower}`,
    before: `link ${lower} address ${address}`,
    behind: `type macvlan mode ${mode}`,
    shape: {},
    options: { mode },
    mac: address,
  };
}

function veth(node: string, { name, peer, mac }: Item<'veths'>): WantedLink {
  const address = mac ?? stableMac(node, name);
  return {
    name,
    kind: 'veth',
    peer,
    words: `veth pair with ${peer} at its other end`,
    before: `address ${address}`,
    behind: `type veth peer name ${peer} address ${stableMac(node, peer)}`,
    shape: {},
    options: {},
    mac: address,
    peerMac: stableMac(node, peer),
  };
}

/** Options of a bond by their names in the API, for making and in what the kernel prints. */
export const BOND_OPTIONS = [
  ['miimon', 'miimon', 'miimon'],
  ['updelay', 'updelay', 'updelay'],
  ['downdelay', 'downdelay', 'downdelay'],
  ['lacpRate', 'lacp_rate', 'ad_lacp_rate'],
  ['xmitHashPolicy', 'xmit_hash_policy', 'xmit_hash_policy'],
  ['minLinks', 'min_links', 'min_links'],
  ['failOverMac', 'fail_over_mac', 'fail_over_mac'],
] as const;

/** Without looks at the carrier a bond would not see that a port lost its own. In ms. */
const USUAL_MIIMON = 100;

/** What options of a bond are where nobody says. */
export function bondDefaults(mode: string) {
  const usual = { miimon: USUAL_MIIMON, updelay: 0, downdelay: 0, xmitHashPolicy: 'layer2' };
  return mode === '802.3ad' ? { ...usual, minLinks: 0, lacpRate: 'slow' as const } : usual;
}

function bond(spec: Item<'bonds'>): WantedLink {
  const { name, mode, mac, failOverMac = 'none' } = spec;
  const values = { ...bondDefaults(mode), ...spec };
  const options = BOND_OPTIONS.flatMap(([key, word, printed]) => {
    const value = values[key];
    return value === undefined ? [] : [{ key, word, printed, value: String(value) }];
  });
  // Those that the kernel gives a new one by itself need not be told.
  const given = options.filter(({ key }) => key === 'miimon' || spec[key] !== undefined);
  return {
    name,
    kind: 'bond',
    words: `bond (${mode})`,
    before: mac === undefined ? '' : `address ${mac}`,
    behind: [
      'type bond',
      `mode ${mode}`,
      ...given.map(({ word, value }) => `${word} ${value}`),
    ].join(' '),
    shape: { mode, fail_over_mac: failOverMac },
    options: {
      mode,
      fail_over_mac: failOverMac,
      ...Object.fromEntries(options.map(({ printed, value }) => [printed, value])),
    },
    mac,
  };
}

/** Why a link that is there has to be made anew; undefined when it has not. */
export function wrongShape(wanted: WantedLink, link: HostLink): string | undefined {
  if (link.kind !== wanted.kind) return `it is of kind ${link.kind ?? 'physical'}`;
  if (wanted.lower !== undefined && link.lower !== wanted.lower) {
    return `it is on ${link.lower ?? 'no link of this host'}`;
  }
  if (wanted.peer !== undefined && link.lower !== wanted.peer) {
    return `its other end is ${link.lower ?? 'not on this host'}`;
  }
  for (const [word, value] of Object.entries(wanted.shape)) {
    const actual = link.options[word] ?? (word === 'fail_over_mac' ? 'none' : undefined);
    if (actual !== value) return `its ${word} is ${actual}`;
  }
  const isPassthru = (mode: string | undefined): boolean => mode === 'passthru';
  const [now, then] = [link.options['mode'], wanted.options['mode']];
  if (wanted.kind === 'macvlan' && isPassthru(now) !== isPassthru(then))
    return `its mode is ${now}`;
  return undefined;
}
