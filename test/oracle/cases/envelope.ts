import type { PluginCase, Table } from './case';
import { BRIDGE, chain, refused, single } from './configs';

const LAYER_2 = { type: 'bridge', bridge: 'br-oracle' };

/** What is the same for every plugin, tried on the bridge. */
const cases: PluginCase[] = [
  ...['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0'].map((cniVersion) => ({
    name: `cniVersion ${cniVersion}`,
    chain: { ...BRIDGE, cniVersion },
    want: 'accepted' as const,
    gives: { cniVersion },
  })),
  {
    name: 'cniVersion 1.1.0',
    chain: { ...BRIDGE, cniVersion: '1.1.0' },
    want: refused(/incompatible CNI versions.*config is "1\.1\.0"/),
    later: [{ from: '1.6.0', want: 'accepted', gives: { cniVersion: '1.1.0' } }],
  },
  {
    name: 'a cniVersion that is none',
    chain: { ...BRIDGE, cniVersion: '0.5.0' },
    want: refused(/incompatible CNI versions.*config is "0\.5\.0"/),
  },
  {
    name: 'no cniVersion is 0.1.0',
    chain: { ...BRIDGE, cniVersion: '' },
    want: 'accepted',
    gives: { ip4: { ip: '10.1.0.2/24' } },
  },
  {
    name: 'cniVersion as a number',
    chain: { ...LAYER_2, cniVersion: 1 as unknown as string },
    want: refused(/cannot unmarshal number into Go struct field .*cniVersion of type string/),
  },
  {
    name: 'a network name with every kind of character',
    chain: single(LAYER_2),
    network: '0Aa_.-',
    want: 'accepted',
  },
  ...['-a', 'a b', 'a/b', 'é'].map((network) => ({
    name: `a network named "${network}"`,
    chain: single(LAYER_2),
    network,
    want: refused(/invalid characters found in network name/),
  })),
  {
    name: 'a network without a name',
    chain: single(LAYER_2),
    network: '',
    want: refused(/missing network name/),
  },
  {
    name: 'an interface name of 15 bytes',
    chain: single(LAYER_2),
    ifname: 'interface-of-15',
    want: 'accepted',
  },
  {
    name: 'an interface name of 16 bytes',
    chain: single(LAYER_2),
    ifname: 'interface-of-016',
    want: refused(/interface name is too long/),
  },
  ...['.', '..'].map((ifname) => ({
    name: `an interface named "${ifname}"`,
    chain: single(LAYER_2),
    ifname,
    want: refused(/interface name is \. or \.\./),
  })),
  ...['a/b', 'a:b', 'a b'].map((ifname) => ({
    name: `an interface named "${ifname}"`,
    chain: single(LAYER_2),
    ifname,
    want: refused(/interface name contains/),
  })),
  {
    name: 'an interface name that the pod has',
    chain: single(LAYER_2),
    ifname: 'net9',
    earlier: [{ chain: single({ type: 'bridge', bridge: 'br-other' }), samePod: true }],
    want: refused(/container veth name .*net9.* already exists/),
  },
  {
    name: 'a capability that is no switch',
    chain: single({ ...LAYER_2, capabilities: { mac: 'true' } }),
    want: refused(/cannot unmarshal string into Go struct field .*capabilities of type bool/),
  },
  {
    name: 'a plugin that is not installed',
    chain: single({ type: 'no-such-plugin' }),
    want: refused(/failed to find plugin "no-such-plugin"/),
  },
  {
    name: 'a chain of interface plugin and chained ones',
    chain: chain(BRIDGE, { type: 'tuning', mtu: 1400 }, { type: 'sbr' }),
    want: 'accepted',
    gives: { ips: [{ address: '10.1.0.2/24' }] },
    shows: [
      { in: 'pod', run: 'ip link show net1', want: /mtu 1400/ },
      { in: 'pod', run: 'ip rule', want: /from 10\.1\.0\.2 lookup 100/ },
    ],
  },
  {
    name: 'a second interface plugin in a chain takes the name that is there',
    chain: chain(BRIDGE, { type: 'macvlan', master: 'eth1' }),
    want: refused(/failed to rename macvlan to "net1": file exists/),
  },
];

export const ENVELOPE_TABLE: Table = { plugin: 'bridge', cases };
