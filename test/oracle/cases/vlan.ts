import type { PluginCase, Table } from './case';
import { HOST_LOCAL, MACVLAN, refused, single } from './configs';

const vlan = (keys: object) =>
  single({ type: 'vlan', master: 'eth1', vlanId: 5, ipam: HOST_LOCAL, ...keys });

const cases: PluginCase[] = [
  {
    name: 'a master and a number',
    chain: vlan({}),
    needs: ['vm'],
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip -d link show net1', want: /vlan protocol 802\.1Q id 5 / }],
  },
  ...[0, 4094].map((vlanId) => ({
    name: `vlanId ${vlanId}`,
    chain: vlan({ vlanId }),
    needs: ['vm' as const],
    want: 'accepted' as const,
    shows: [
      {
        in: 'pod' as const,
        run: 'ip -d link show net1',
        want: new RegExp(`vlan protocol 802\\.1Q id ${vlanId} `),
      },
    ],
  })),
  {
    name: 'no vlanId is 0',
    chain: single({ type: 'vlan', master: 'eth1', ipam: HOST_LOCAL }),
    needs: ['vm'],
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip -d link show net1', want: /vlan protocol 802\.1Q id 0 / }],
  },
  ...[4095, 5000, -1].map((vlanId) => ({
    name: `vlanId ${vlanId}`,
    chain: vlan({ vlanId }),
    want: refused(
      new RegExp(`invalid VLAN ID ${vlanId} \\(must be between 0 and 4095 inclusive\\)`),
    ),
  })),
  {
    name: 'no master',
    chain: single({ type: 'vlan', vlanId: 5, ipam: HOST_LOCAL }),
    want: refused(/"master" field is required/),
  },
  {
    name: 'a master that is not there',
    chain: vlan({ master: 'eth7' }),
    want: refused(/Link not found/),
  },
  {
    name: 'mtu',
    chain: vlan({ mtu: 1400 }),
    needs: ['vm'],
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip link show net1', want: /mtu 1400/ }],
  },
  {
    name: 'mtu above that of the master',
    chain: vlan({ mtu: 9000 }),
    want: refused(/invalid MTU 9000, must be \[0, master MTU\(1500\)\]/),
  },
  {
    name: 'no IPAM',
    chain: single({ type: 'vlan', master: 'eth1', vlanId: 5 }),
    needs: ['vm'],
    want: refused(/failed to execute IPAM delegate/),
  },
  {
    name: 'the same number on the same master for another pod',
    chain: vlan({}),
    earlier: [{ chain: vlan({}) }],
    needs: ['vm'],
    want: refused(/failed to create vlan: file exists/),
  },
  {
    name: 'linkInContainer looks for the master in the pod',
    chain: vlan({ master: 'net9', linkInContainer: true }),
    earlier: [{ chain: single(MACVLAN), samePod: true, network: 'other' }],
    since: '1.3.0',
    needs: ['vm'],
    want: 'accepted',
  },
];

export const VLAN_TABLE: Table = { plugin: 'vlan', cases };
