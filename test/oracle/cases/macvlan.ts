import type { PluginCase, Table } from './case';
import { BRIDGE, DEFAULT_ROUTE, DUAL_STACK, MACVLAN, refused, single } from './configs';

const macvlan = (keys: object = {}) => single({ ...MACVLAN, ...keys });

const cases: PluginCase[] = [
  {
    name: 'a master, without addresses',
    chain: macvlan(),
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip -d link show net1', want: /state UP.*macvlan mode bridge/s }],
  },
  {
    name: 'addresses of both families',
    chain: macvlan({ ipam: DUAL_STACK }),
    want: 'accepted',
    gives: { ips: [{ address: '10.1.0.2/24' }, { address: 'fd00:1::2/64' }] },
  },
  {
    name: 'no master: that of the default route',
    chain: single({ type: 'macvlan' }),
    host: DEFAULT_ROUTE,
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip -d link show net1', want: /macvlan mode bridge/ }],
  },
  {
    name: 'no master and no default route',
    chain: single({ type: 'macvlan' }),
    want: refused(/no default route interface found/),
  },
  {
    name: 'a master that is not there',
    chain: macvlan({ master: 'eth7' }),
    want: refused(/Link not found/),
  },
  ...['bridge', 'private', 'vepa', 'passthru'].map((mode) => ({
    name: `mode ${mode}`,
    chain: macvlan({ mode }),
    want: 'accepted' as const,
    shows: [
      { in: 'pod' as const, run: 'ip -d link show net1', want: new RegExp(`macvlan mode ${mode}`) },
    ],
  })),
  {
    name: 'a mode that is none',
    chain: macvlan({ mode: 'routed' }),
    want: refused(/unknown macvlan mode: "routed"/),
  },
  {
    name: 'a mode in upper case',
    chain: macvlan({ mode: 'Bridge' }),
    want: refused(/unknown macvlan mode: "Bridge"/),
  },
  {
    name: 'passthru where another pod has it',
    chain: macvlan({ mode: 'passthru' }),
    earlier: [{ chain: macvlan({ mode: 'passthru' }) }],
    want: refused(/failed to create macvlan: invalid argument/),
  },
  {
    name: 'another mode where another pod has passthru',
    chain: macvlan(),
    earlier: [{ chain: macvlan({ mode: 'passthru' }) }],
    want: refused(/failed to create macvlan: invalid argument/),
  },
  {
    name: 'two modes on one master',
    chain: macvlan({ mode: 'private' }),
    earlier: [{ chain: macvlan({ mode: 'vepa' }) }],
    want: 'accepted',
  },
  {
    name: 'a master that is a port of a bridge',
    chain: macvlan(),
    host: ['link add br-oracle type bridge', 'link set eth1 master br-oracle'],
    want: refused(/failed to create macvlan: device or resource busy/),
  },
  {
    name: 'mtu below that of the master',
    chain: macvlan({ mtu: 1400 }),
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip link show net1', want: /mtu 1400/ }],
  },
  {
    name: 'mtu of the master',
    chain: macvlan({ mtu: 1500 }),
    want: 'accepted',
  },
  {
    name: 'mtu above that of the master',
    chain: macvlan({ mtu: 9000 }),
    want: refused(/invalid MTU 9000, must be \[0, master MTU\(1500\)\]/),
  },
  {
    name: 'mtu 1279 with an IPv6 address',
    chain: macvlan({ mtu: 1279, ipam: DUAL_STACK }),
    want: refused(/failed to add IP addr .* to "net1": invalid argument/),
    later: [
      { from: '1.7.0', want: refused(/failed to enable keep_addr_on_down for interface "net1"/) },
    ],
  },
  {
    name: 'mtu below 0',
    chain: macvlan({ mtu: -1 }),
    want: refused(/invalid MTU -1, must be \[0, master MTU\(1500\)\]/),
  },
  {
    name: 'mac in the configuration',
    chain: macvlan({ mac: '02:00:00:00:00:10' }),
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip link show net1', want: /02:00:00:00:00:10/ }],
  },
  {
    name: 'a mac that the pod asks for comes before that of the configuration',
    chain: macvlan({ mac: '02:00:00:00:00:10' }),
    args: { mac: '02:00:00:00:00:11' },
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip link show net1', want: /02:00:00:00:00:11/ }],
  },
  {
    name: 'the mac capability comes before CNI_ARGS',
    chain: macvlan({ capabilities: { mac: true } }),
    args: { mac: '02:00:00:00:00:11', cniArgs: { MAC: '02:00:00:00:00:12' } },
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip link show net1', want: /02:00:00:00:00:11/ }],
  },
  {
    name: 'a mac in args.cni is ignored',
    chain: macvlan(),
    args: { 'cni-args': { mac: '02:00:00:00:00:12' } },
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip link show net1', want: /^(?!.*02:00:00:00:00:12)/s }],
  },
  {
    name: 'a mac that is none',
    chain: macvlan({ mac: 'none' }),
    want: refused(/invalid args none for MAC addr: address none: invalid MAC address/),
  },
  {
    name: 'a mac of a group',
    chain: macvlan({ mac: '01:00:5e:00:00:01' }),
    want: refused(/failed to create macvlan: cannot assign requested address/),
  },
  {
    name: 'promiscMode is ignored',
    chain: macvlan({ promiscMode: true }),
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip link show net1', want: /^(?!.*PROMISC)/s }],
  },
  {
    name: 'linkInContainer looks for the master in the pod',
    chain: macvlan({ master: 'net9', linkInContainer: true }),
    earlier: [{ chain: single(BRIDGE), samePod: true, network: 'other' }],
    since: '1.3.0',
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip link show net1', want: /net1@net9/ }],
  },
  {
    name: 'linkInContainer with a master of the host',
    chain: macvlan({ linkInContainer: true }),
    since: '1.3.0',
    want: refused(/Link not found/),
  },
  {
    name: 'bcqueuelen',
    chain: macvlan({ bcqueuelen: 2000 }),
    since: '1.6.0',
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip -d link show net1', want: /bcqueuelen 2000/ }],
  },
  {
    name: 'bcqueuelen below 0',
    chain: macvlan({ bcqueuelen: -1 }),
    since: '1.6.0',
    want: refused(
      /cannot unmarshal number -1 into Go struct field NetConf\.bcqueuelen of type uint32/,
    ),
  },
];

export const MACVLAN_TABLE: Table = { plugin: 'macvlan', cases };
