import type { PluginCase, Table } from './case';
import { DEFAULT_ROUTE, HOST_LOCAL, MACVLAN, refused, single } from './configs';

const ipvlan = (keys: object = {}) =>
  single({ type: 'ipvlan', master: 'eth1', ipam: HOST_LOCAL, ...keys });

const cases: PluginCase[] = [
  ...['l2', 'l3', 'l3s'].map((mode) => ({
    name: `mode ${mode}`,
    chain: ipvlan({ mode }),
    needs: ['vm' as const],
    want: 'accepted' as const,
    shows: [
      {
        in: 'pod' as const,
        run: 'ip -d link show net1',
        want: new RegExp(`ipvlan\\s+mode ${mode} `),
      },
    ],
  })),
  {
    name: 'no mode is l2',
    chain: ipvlan(),
    needs: ['vm'],
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip -d link show net1', want: /ipvlan\s+mode l2 / }],
  },
  {
    name: 'a mode in upper case',
    chain: ipvlan({ mode: 'L2' }),
    want: refused(/unknown ipvlan mode: "L2"/),
  },
  {
    name: 'a mode of macvlan',
    chain: ipvlan({ mode: 'bridge' }),
    want: refused(/unknown ipvlan mode: "bridge"/),
  },
  {
    name: 'no master: that of the default route',
    chain: single({ type: 'ipvlan', ipam: HOST_LOCAL }),
    host: DEFAULT_ROUTE,
    needs: ['vm'],
    want: 'accepted',
  },
  {
    name: 'no master and no default route',
    chain: single({ type: 'ipvlan', ipam: HOST_LOCAL }),
    want: refused(/no default route interface found/),
  },
  {
    name: 'a master that is not there',
    chain: ipvlan({ master: 'eth7' }),
    want: refused(/failed to lookup master "eth7": Link not found/),
  },
  {
    name: 'mtu',
    chain: ipvlan({ mtu: 1400 }),
    needs: ['vm'],
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip link show net1', want: /mtu 1400/ }],
  },
  {
    name: 'mtu above that of the master',
    chain: ipvlan({ mtu: 9000 }),
    needs: ['vm'],
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip link show net1', want: /mtu 9000/ }],
  },
  {
    name: 'no IPAM',
    chain: single({ type: 'ipvlan', master: 'eth1' }),
    needs: ['vm'],
    want: refused(/no plugin name provided/),
  },
  {
    name: 'a mac that the pod asks for has no effect',
    chain: ipvlan(),
    args: { mac: '02:00:00:00:00:11' },
    needs: ['vm'],
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip link show net1', want: /^(?!.*02:00:00:00:00:11)/s }],
  },
  {
    name: 'after a bridge without naming a master',
    chain: {
      cniVersion: '1.0.0',
      plugins: [{ type: 'bridge', ipam: HOST_LOCAL }, { type: 'ipvlan' }],
    },
    want: refused(/chained master failure\. PrevResult lacks a single named interface/),
  },
  {
    name: 'on the master of a macvlan',
    chain: ipvlan(),
    earlier: [{ chain: single(MACVLAN) }],
    needs: ['vm'],
    want: refused(/failed to create ipvlan: device or resource busy/),
  },
  {
    name: 'linkInContainer looks for the master in the pod',
    chain: ipvlan({ master: 'net9', linkInContainer: true }),
    earlier: [{ chain: single(MACVLAN), samePod: true, network: 'other' }],
    since: '1.3.0',
    needs: ['vm'],
    want: 'accepted',
  },
];

export const IPVLAN_TABLE: Table = { plugin: 'ipvlan', cases };
