import type { PluginCase, Table } from './case';
import { DUAL_STACK, HOST_LOCAL, refused, single } from './configs';

const tap = (keys: object = {}) => single({ type: 'tap', ...keys });

const cases: PluginCase[] = [
  {
    name: 'without addresses',
    chain: tap(),
    since: '1.3.0',
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip -d link show net1', want: /tun type tap/ }],
  },
  {
    name: 'addresses',
    chain: tap({ ipam: HOST_LOCAL }),
    since: '1.3.0',
    want: 'accepted',
    gives: { ips: [{ address: '10.1.0.2/24' }] },
  },
  {
    name: 'mtu, mac and multiQueue',
    chain: tap({ mtu: 1400, mac: '02:00:00:00:00:10', multiQueue: true }),
    since: '1.3.0',
    want: 'accepted',
    shows: [
      { in: 'pod', run: 'ip -d link show net1', want: /mtu 1400.*02:00:00:00:00:10.*multi_queue/s },
    ],
  },
  {
    name: 'mtu 1279 with an IPv6 address',
    chain: tap({ mtu: 1279, ipam: DUAL_STACK }),
    since: '1.3.0',
    want: refused(/failed to (add IP addr|enable keep_addr_on_down)/),
  },
  {
    name: 'owner',
    chain: tap({ mtu: 1400, owner: 0 }),
    since: '1.3.0',
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip -d link show net1', want: /mtu 1400.*user (root|0)/s }],
  },
  {
    name: 'owner and group: mtu and mac are ignored',
    chain: tap({ mtu: 1400, mac: '02:00:00:00:00:10', owner: 0, group: 0 }),
    since: '1.3.0',
    want: 'accepted',
    shows: [
      { in: 'pod', run: 'ip -d link show net1', want: /mtu 1500.*user (root|0) group (root|0)/s },
      { in: 'pod', run: 'ip link show net1', want: /^(?!.*02:00:00:00:00:10)/s },
    ],
  },
  {
    name: 'a mac that the pod asks for',
    chain: tap(),
    args: { mac: '02:00:00:00:00:11' },
    since: '1.3.0',
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip link show net1', want: /02:00:00:00:00:11/ }],
  },
  {
    name: 'bridge, which has to be in the pod',
    chain: tap({ bridge: 'br-pod' }),
    pod: ['link add br-pod type bridge'],
    since: '1.4.0',
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip link show net1', want: /master br-pod/ }],
  },
  {
    name: 'a bridge that is not in the pod',
    chain: tap({ bridge: 'no-such-bridge' }),
    since: '1.4.0',
    want: refused(/failed to get bridge no-such-bridge: Link not found/),
  },
];

export const TAP_TABLE: Table = { plugin: 'tap', cases };
